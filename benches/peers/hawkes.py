#!/usr/bin/env python3
"""Log-likelihoods and fits of exciting point processes by plain NumPy and SciPy, for
`crates/demarche-respond/tests/hawkes_peer.rs`.

    python3 benches/peers/hawkes.py > crates/demarche-respond/tests/data/hawkes_peer.csv

Shares no method with the crate: times are drawn by a cluster construction of NumPy, intensities
are sums over all pairs of events, and the likelihood is maximised over logarithms by L-BFGS and
then Newton's method with the full information. Rows are `case,kind,i,j,value`: the times, the
decays, the log-likelihood at given parameters, and the maximum with its parameters.
"""

import numpy as np
from scipy.optimize import minimize

SIZE = 3
LEVELS = np.array([0.20, 0.30, 0.25])
RATIOS = np.array([[0.30, 0.15, 0.10], [0.20, 0.25, 0.12], [0.10, 0.15, 0.30]])


def draw(rng, decay, end):
    queue = [(t, i) for i in range(SIZE) for t in rng.uniform(0, end, rng.poisson(LEVELS[i] * end))]
    events = []
    while queue:
        time, parent = queue.pop()
        events.append((time, parent))
        for child in range(SIZE):
            for delay in rng.exponential(1 / decay, rng.poisson(RATIOS[child, parent])):
                if time + delay < end:
                    queue.append((time + delay, child))
    events.sort()
    return np.array([t for t, _ in events]), np.array([i for _, i in events])


def design(times, marks, decays, end, days):
    """Intensities at events as a matrix over (1, part and stream), and their integrals."""
    gaps = times[:, None] - times[None, :]
    rows, wholes = [np.ones(len(times))], [end]
    for decay in decays:
        late = 1.0 if days else 0.0
        with np.errstate(over="ignore"):
            pull = (1 - np.exp(-decay)) * np.exp(-decay * (gaps - 1)) if days else decay * np.exp(-decay * gaps)
        pull = np.where(gaps > 0, pull, 0.0)
        share = 1 - np.exp(-decay * (end - times - late))
        for stream in range(SIZE):
            rows.append(pull[:, marks == stream].sum(axis=1))
            wholes.append(share[marks == stream].sum())
    return np.array(rows).T, np.array(wholes)


def value(theta, x, wholes):
    return np.log(x @ theta).sum() - wholes @ theta


def maximum(x, wholes):
    n, width = x.shape

    def loss(logs):
        theta = np.exp(logs)
        rate = x @ theta
        slope = x.T @ (1 / rate) - wholes
        return -(np.log(rate).sum() - wholes @ theta) / n, -slope * theta / n

    start = np.log(np.full(width, 0.5 * n / width) / wholes)
    logs = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-11}).x
    theta = np.exp(logs)
    free = theta > 1e-6
    theta[~free] = 0
    for _ in range(20):
        rate = x @ theta
        slope = (x.T @ (1 / rate) - wholes)[free]
        scaled = x[:, free] / rate[:, None]
        theta[free] += np.linalg.solve(scaled.T @ scaled, slope)
    assert (theta >= 0).all() and (x.T @ (1 / (x @ theta)) - wholes)[~free].max(initial=-1) <= 0
    return theta


def main():
    rng = np.random.default_rng(20)
    print("case,kind,i,j,value")
    cases = [("one", [1.5], False, 700.0), ("two", [4.0, 0.4], False, 500.0), ("days", [0.8], True, 500.0)]
    for name, decays, days, end in cases:
        put = lambda kind, i, j, number: print(f"{name},{kind},{i},{j},{float(number)!r}")
        times, marks = draw(rng, decays[0], end)
        if days:
            times = np.floor(times)
        put("end", 0, 0, end)
        for m, decay in enumerate(decays):
            put("decay", m, 0, decay)
        for time, mark in zip(times, marks):
            put("event", mark, 0, time)
        x, wholes = design(times, marks, decays, end, days)
        given = [np.concatenate([[LEVELS[i]], np.tile(RATIOS[i] / len(decays), len(decays))]) for i in range(SIZE)]
        found = [maximum(x[marks == i], wholes) for i in range(SIZE)]
        put("given", 0, 0, sum(value(given[i], x[marks == i], wholes) for i in range(SIZE)))
        put("maximum", 0, 0, sum(value(found[i], x[marks == i], wholes) for i in range(SIZE)))
        for i in range(SIZE):
            for p in range(len(found[i])):
                put("theta", i, p, found[i][p])
            # Errors of the parameters that are not at zero.
            free = found[i] > 0
            scaled = x[marks == i][:, free] / (x[marks == i] @ found[i])[:, None]
            errors = np.sqrt(np.diag(np.linalg.inv(scaled.T @ scaled)))
            for p, error in zip(np.flatnonzero(free), errors):
                put("error", i, p, error)


main()
