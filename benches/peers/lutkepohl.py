#!/usr/bin/env python3
"""Vector autoregressions of Lütkepohl's data sets by statsmodels, to test ours against.

    pip install statsmodels==0.15.0
    python3 benches/peers/lutkepohl.py FOLDER > benches/peers/lutkepohl.csv

FOLDER holds e2.dat to e6.dat. The models are ours, chosen to cover levels, logarithms, growth
and a trend; no text prescribes them. Rows: model, figure, step, row, column, value. A covariance
has rows and columns by series; responses and shares have the affected series as row.
"""

import sys
from pathlib import Path

import numpy as np
from statsmodels.tsa.api import VAR

# Name, file, transformation, lags, deterministic terms, largest number of lags compared.
MODELS = [
    ("e2", "e2", "level", 1, "c", 8),
    ("e3", "e3", "log M1 and GNP", 3, "c", 8),
    ("e4", "e4", "log", 5, "ct", 8),
    ("e4 growth", "e4", "log growth", 4, "c", 8),
    ("e5", "e5", "level", 3, "n", 12),
    ("e5 change", "e5", "change", 2, "c", 12),
    ("e6", "e6", "level", 4, "c", 11),
]


def load(path):
    rows = []
    for line in path.read_text(encoding="latin-1").splitlines():
        try:
            cells = [float(cell) for cell in line.split()]
        except ValueError:
            continue
        if cells:
            rows.append(cells)
    return np.array(rows)


def transform(values, how):
    if how == "log M1 and GNP":
        return np.hstack([np.log(values[:, :2]), values[:, 2:]])
    if how == "log":
        return np.log(values)
    if how == "log growth":
        return np.diff(np.log(values), axis=0)
    if how == "change":
        return np.diff(values, axis=0)
    return values


def main():
    print("model,figure,step,row,column,value")
    for name, file, how, lags, trend, most in MODELS:

        def say(figure, matrix, step=0):
            matrix = np.atleast_2d(matrix)
            for (row, col), value in np.ndenumerate(matrix):
                print(f"{name},{figure},{step},{row},{col},{value:.15g}")

        values = transform(load(Path(sys.argv[1]) / f"{file}.dat"), how)
        model = VAR(values)
        fit = model.fit(lags, trend=trend)
        series = values.shape[1]
        slopes = np.hstack(list(fit.coefs))
        say("periods", len(values))
        say("slopes", slopes)
        # Slopes come after the deterministic terms, one column for each equation.
        say("errors", np.asarray(fit.stderr)[-lags * series :].T)
        if trend == "c":
            say("constant", fit.intercept)
        say("covariance", fit.sigma_u)
        say("likelihood", fit.llf)
        say("moduli", np.sort(1 / np.abs(fit.roots))[::-1])
        order = model.select_order(most, trend=trend)
        for figure in ("aic", "hqic", "bic", "fpe"):
            # The list also holds no lags at all where there is a deterministic term.
            say(figure, order.ics[figure][-most:])
        for cause in range(series):
            others = [at for at in range(series) if at != cause]
            test = fit.test_causality(others, [cause], kind="f")
            say("granger", [test.test_statistic, *test.df, test.pvalue], cause)
            test = fit.test_inst_causality([cause])
            say("instantaneous", [test.test_statistic, test.df, test.pvalue], cause)
        response = fit.irf(8)
        shares = fit.fevd(8).decomp
        errors = [response.stderr(orth=False), response.stderr(orth=True)]
        for step in (1, 4, 8):
            say("plain", response.irfs[step], step)
            say("orthogonal", response.orth_irfs[step], step)
            say("plain error", errors[0][step], step)
            say("orthogonal error", errors[1][step], step)
            say("shares", shares[:, step - 1], step)
        mean, low, high = fit.forecast_interval(values[-lags:], 4)
        for step in (1, 4):
            say("forecast", [mean[step - 1], low[step - 1], high[step - 1]], step)
        # statsmodels takes their mean from the residuals first, which without a constant is not 0.
        tests = ((False, "portmanteau"), (True, "portmanteau adjusted")) if trend != "n" else ()
        for adjusted, figure in tests:
            test = fit.test_whiteness(12, adjusted=adjusted)
            say(figure, [test.test_statistic, test.df, test.pvalue])
        test = fit.test_normality()
        say("normality", [test.test_statistic, test.df, test.pvalue])


if __name__ == "__main__":
    main()
