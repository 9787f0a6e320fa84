#!/usr/bin/env python3
"""Bootstrap bands of a vector autoregression in NumPy, to test ours against.

    python3 benches/peers/var_bands.py Canada.csv [DRAWS]

Canada.csv: columns time, e, prod, rw, U (R's `vars`). VAR(2) with a constant, 95 % percentile
bands of orthogonal responses in steps 1, 4 and 8, as the residual bootstrap of R's `vars` draws
them; the wild bootstrap; moving blocks of 16 (Brüggemann, Jentsch and Trenkler 2016); the
residual bootstrap with Kilian's correction, an eighth of the draws. Then the sup-t band of the
residual draws over steps 0 to 8, the band of the cumulative response, and that of the variance
shares. Prints Rust rows: (step, response, impulse, low, high).
"""

import sys

import numpy as np

LAGS, HORIZON, LENGTH = 2, 8, 16


def estimate(values):
    rows = len(values) - LAGS
    x = np.hstack([np.ones((rows, 1))] + [values[LAGS - lag : len(values) - lag] for lag in (1, 2)])
    coefficients, *_ = np.linalg.lstsq(x, values[LAGS:], rcond=None)
    errors = values[LAGS:] - x @ coefficients
    return coefficients, errors.T @ errors / (rows - x.shape[1]), errors


def responses(coefficients, sigma):
    series = len(sigma)
    slopes = [coefficients[1 + lag * series : 1 + (lag + 1) * series].T for lag in range(LAGS)]
    steps = [np.linalg.cholesky(sigma)]
    for step in range(1, HORIZON + 1):
        steps.append(sum(slopes[lag] @ steps[step - 1 - lag] for lag in range(min(step, LAGS))))
    return np.array(steps)


def simulate(data, coefficients, errors):
    values = data.copy()
    for t in range(LAGS, len(data)):
        past = np.concatenate([[1.0], values[t - 1], values[t - 2]])
        values[t] = past @ coefficients + errors[t - LAGS]
    return values


def draw(random, residuals, kind):
    rows = len(residuals)
    if kind == "residual":
        return residuals[random.integers(0, rows, rows)]
    if kind == "wild":
        return residuals * random.choice([-1.0, 1.0], size=(rows, 1))
    starts = rows - LENGTH + 1
    blocks = [residuals[s : s + LENGTH] for s in random.integers(0, starts, -(-rows // LENGTH))]
    means = np.array([residuals[place : place + starts].mean(axis=0) for place in range(LENGTH)])
    return np.concatenate([block - means for block in blocks])[:rows]


def largest(coefficients):
    slopes = coefficients[1:].T
    series = len(slopes)
    companion = np.vstack([slopes, np.eye(series, series * LAGS)])
    return np.abs(np.linalg.eigvals(companion)).max()


def corrected(coefficients, bias):
    if largest(coefficients) >= 1:
        return coefficients
    bias, factor = bias.copy(), 1.0
    while factor > 0:
        shrunk = coefficients - bias
        if largest(shrunk) < 1:
            return shrunk
        factor -= 0.01
        bias *= factor
    return coefficients


def main():
    data = np.genfromtxt(sys.argv[1], delimiter=",", skip_header=1)[:, 1:]
    draws = int(sys.argv[2]) if len(sys.argv) > 2 else 20000
    random = np.random.default_rng(7)
    coefficients, sigma, errors = estimate(data)
    residuals = errors - errors.mean(axis=0)
    cells = [(1, 0, 0), (4, 0, 3), (8, 3, 0), (4, 2, 1), (8, 1, 1)]

    def show(name, drawn, point):
        print(f"// {name}, {len(drawn)} draws")
        for step, row, col in cells:
            low, high = np.percentile(drawn[:, step, row, col], [2.5, 97.5])
            print(f"({step}, {row}, {col}, {low:.5f}, {high:.5f}),")

    point = responses(coefficients, sigma)
    kept = None
    for kind in ("residual", "wild", "block"):
        drawn = []
        for _ in range(draws):
            again = estimate(simulate(data, coefficients, draw(random, residuals, kind)))
            drawn.append(responses(*again[:2]))
        drawn = np.array(drawn)
        show(kind, drawn, point)
        kept = drawn if kind == "residual" else kept
    show("cumulative", kept.cumsum(axis=1), None)
    squares = (kept**2).cumsum(axis=1)
    show("variance shares", squares / squares.sum(axis=3, keepdims=True), None)
    spread = kept.std(axis=0, ddof=1)
    print("// sup-t")
    for _, row, col in cells[:4]:
        away = np.abs(kept[:, :, row, col] - point[:, row, col])
        varies = spread[:, row, col] > 1e-12
        reach = np.quantile((away[:, varies] / spread[varies, row, col]).max(axis=1), 0.95)
        middle, half = point[4, row, col], reach * spread[4, row, col]
        print(f"(4, {row}, {col}, {middle - half:.5f}, {middle + half:.5f}),")
    few = draws // 8
    total = np.zeros_like(coefficients)
    for _ in range(few):
        total += estimate(simulate(data, coefficients, draw(random, residuals, "residual")))[0]
    bias = total / few - coefficients
    bias[0] = 0
    better = corrected(coefficients, bias)
    # The constant that goes with the corrected slopes.
    x = np.hstack([data[1:-1], data[:-2]])
    better[0] = (data[LAGS:] - x @ better[1:]).mean(axis=0)
    drawn = []
    for _ in range(few):
        again = estimate(simulate(data, better, draw(random, residuals, "residual")))
        drawn.append(responses(corrected(again[0], bias), again[1]))
    show("Kilian", np.array(drawn), None)
    print("// slopes of the first equation", better[1:, 0].round(4), "largest root", largest(better))


main()
