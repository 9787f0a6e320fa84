#!/usr/bin/env python3
"""Maximum likelihood of an exponential Hawkes process by `tick` 0.8, for `benches/hawkes.py`.

    python3 benches/peers/hawkes_tick.py FILE DECAY none|likelihood|fit

FILE is as `examples/hawkes_speed.rs` writes it. The bookkeeping of attributes in tick 0.8.0.2 fails
on current Python; it is switched off here, which leaves the computation in C++ as it is. The
likelihood of tick counts from a Poisson process of rate 1, so its constant is taken off.
"""

import sys

import numpy as np


def loosened():
    from tick.base.base import Base
    from tick.hawkes import HawkesExpKern, ModelHawkesExpKernLogLik

    def lenient(strict):
        def put(self, key, value):
            try:
                strict(self, key, value)
            except AttributeError:
                object.__setattr__(self, key, value)

        return put

    def loosen(base):
        for kind in base.__subclasses__():
            kind.__setattr__ = object.__setattr__
            kind._set = lenient(kind._set)
            loosen(kind)

    loosen(Base)
    return HawkesExpKern, ModelHawkesExpKernLogLik


def main():
    file, decay, task = sys.argv[1], float(sys.argv[2]), sys.argv[3]
    learner_of, model_of = loosened()
    if task == "none":
        return
    raw = np.fromfile(file)
    size, end, events = int(raw[0]), raw[1], raw[2:].reshape(-1, 2)
    times = [np.ascontiguousarray(events[events[:, 1] == i, 0]) for i in range(size)]
    model = model_of(decay, n_threads=2)
    model.fit(times, end_times=end)
    value = lambda x: float(-model.loss(x) * model.n_jumps - end * size)
    if task == "likelihood":
        x = np.concatenate([np.full(size, 0.1), np.full(size * size, 0.01)])
        print("log-likelihood", repr(value(x)))
        return
    learner = learner_of(decay, gofit="likelihood", penalty="none", solver="agd", max_iter=1000, tol=1e-10)
    start = np.concatenate([np.full(size, 0.1), np.full(size * size, 0.01)])
    learner.fit([times], start=start)
    found = learner.coeffs
    print("log-likelihood", repr(value(found)))
    print("levels", found[:size].tolist())
    print("first row", found[size : 2 * size].tolist())


main()
