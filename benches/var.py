#!/usr/bin/env python3
"""Bootstrap of impulse responses, beside statsmodels (a loop by hand) and vectorised NumPy.

    cargo build --release -p demarche-respond --example var_speed
    python3 benches/var.py SERIES.csv [RUNS] [FOLDER]

SERIES.csv holds the series, one a column, with a header; for the figures in the docs six series
of 1,000 periods. Each program fits a VAR(4) with a constant, draws 1,000 residual-bootstrap
replicates, and takes 95 % percentile bands of the orthogonal responses over 20 steps. Peers come
from PyPI into a virtual environment in FOLDER (made if it is not there).

Each figure is the median over the runs (3 if not given) of a whole process: user and system CPU
seconds, wall seconds, peak resident memory. The peers run in turn with us, so that a busy machine
is busy for all. Each prints the estimate and band of the first series' response to its own shock
in step 20.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
BINARY = os.path.join(TARGET, "release", "examples", "var_speed")
LAGS, DRAWS, HORIZON = 4, 1000, 20


def report(point, draws):
    import numpy as np

    low, high = np.percentile(draws[:, -1, 0, 0], [2.5, 97.5])
    np.percentile(draws, [2.5, 97.5], axis=0)
    print(f"{point[-1, 0, 0]:.6f} [{low:.6f}, {high:.6f}]")


def by_statsmodels(source):
    import numpy as np
    from statsmodels.tsa.api import VAR
    from statsmodels.tsa.vector_ar.util import varsim

    data = np.loadtxt(source, delimiter=",", skiprows=1)
    fit = VAR(data).fit(LAGS, trend="c")
    residuals = fit.resid - fit.resid.mean(axis=0)
    random = np.random.default_rng(1)
    draws = []
    for _ in range(DRAWS):
        values = data.copy()
        errors = residuals[random.integers(0, len(residuals), len(residuals))]
        for t in range(LAGS, len(data)):
            now = fit.intercept + errors[t - LAGS]
            for lag in range(LAGS):
                now = now + fit.coefs[lag] @ values[t - lag - 1]
            values[t] = now
        draws.append(VAR(values).fit(LAGS, trend="c").orth_ma_rep(HORIZON))
    report(fit.orth_ma_rep(HORIZON), np.array(draws))


def responses(coefficients, sigma):
    """Orthogonal responses of many systems at once: (draw, step, response, impulse)."""
    import numpy as np

    series = sigma.shape[-1]
    slopes = [coefficients[:, 1 + lag * series : 1 + (lag + 1) * series] for lag in range(LAGS)]
    steps = [np.linalg.cholesky(sigma)]
    for step in range(1, HORIZON + 1):
        past = range(min(step, LAGS))
        steps.append(sum(slopes[lag].transpose(0, 2, 1) @ steps[step - 1 - lag] for lag in past))
    return np.stack(steps, axis=1)


def by_numpy(source):
    import numpy as np

    data = np.loadtxt(source, delimiter=",", skiprows=1)
    periods, series = data.shape
    rows = periods - LAGS
    past = lambda values: np.concatenate(
        [np.ones((*values.shape[:-2], rows, 1))]
        + [values[..., LAGS - lag : periods - lag, :] for lag in range(1, LAGS + 1)],
        axis=-1,
    )

    def estimate(values):
        x, y = past(values), values[..., LAGS:, :]
        turned = x.swapaxes(-1, -2)
        coefficients = np.linalg.solve(turned @ x, turned @ y)
        errors = y - x @ coefficients
        return coefficients, errors.swapaxes(-1, -2) @ errors / (rows - x.shape[-1]), errors

    coefficients, sigma, errors = estimate(data[None])
    residuals = errors[0] - errors[0].mean(axis=0)
    random = np.random.default_rng(1)
    draws = []
    for begin in range(0, DRAWS, 100):
        count = min(100, DRAWS - begin)
        drawn = residuals[random.integers(0, rows, (count, rows))]
        values = np.broadcast_to(data, (count, periods, series)).copy()
        for t in range(LAGS, periods):
            lagged = values[:, t - LAGS : t][:, ::-1].reshape(count, -1)
            values[:, t] = coefficients[0][0] + lagged @ coefficients[0][1:] + drawn[:, t - LAGS]
        draws.append(responses(*estimate(values)[:2]))
    report(responses(coefficients, sigma)[0], np.concatenate(draws))


def nothing(_source):
    import statsmodels.tsa.api  # noqa: F401  what starting the peer costs by itself


def measured(command):
    """CPU seconds, wall seconds and peak MiB of one process, as the system counts them, and what
    it printed."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        sinks = [(os.POSIX_SPAWN_DUP2, output.fileno(), 1), (os.POSIX_SPAWN_DUP2, errors.fileno(), 2)]
        begun = time.perf_counter()
        child = os.posix_spawnp(command[0], command, os.environ, file_actions=sinks)
        _, status, used = os.wait4(child, 0)
        wall = time.perf_counter() - begun
        output.seek(0), errors.seek(0)
        if status:
            sys.exit(f"{' '.join(command)} failed: {errors.read().decode(errors='replace')}")
        said = output.read().decode().strip()
    return [used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024], said


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if sys.argv[1] == "--peer":
        return globals()[sys.argv[2]](sys.argv[3])
    source = os.path.abspath(sys.argv[1])
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    folder = sys.argv[3] if len(sys.argv) > 3 else os.path.join(tempfile.gettempdir(), "demarche-var")
    if not os.path.exists(BINARY):
        sys.exit(f"{BINARY} is missing: cargo build --release -p demarche-respond --example var_speed")
    os.makedirs(folder, exist_ok=True)
    python = os.path.join(folder, "venv/bin/python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", os.path.join(folder, "venv")], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "numpy", "statsmodels"], check=True)
    versions = "import numpy, statsmodels; print('numpy', numpy.__version__, 'statsmodels', statsmodels.__version__)"
    print(subprocess.run([python, "-c", versions], capture_output=True, text=True).stdout.strip())
    peer = lambda name: [python, os.path.abspath(__file__), "--peer", name, source]
    rows = [
        ("statsmodels, loop by hand", peer("by_statsmodels")),
        ("NumPy, vectorised", peer("by_numpy")),
        ("statsmodels, started and ended", peer("nothing")),
        ("Demarche", [BINARY, source, str(LAGS), str(DRAWS), str(HORIZON)]),
    ]
    taken, said = {name: [] for name, _ in rows}, {}
    for _ in range(runs):
        for name, command in rows:
            figures, said[name] = measured(command)
            taken[name].append(figures)
    print("\n| program | CPU s | wall s | peak MiB | response, step 20 |\n| --- | ---: | ---: | ---: | --- |")
    for name, figures in taken.items():
        cpu, wall, peak = (statistics.median(column) for column in zip(*figures))
        print(f"| {name} | {cpu:.3f} | {wall:.3f} | {peak:.0f} | {said[name]} |", flush=True)


main()
