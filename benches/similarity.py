"""Foreign-policy similarity of all dyads: demarche's command beside plain numpy.

Usage: benches/similarity.py DEMARCHE TIES.parquet MEMBERS.parquet VOTES.csv.gz ROLL_CALLS.csv.gz

TIES are ATOP's directed dyad-years, MEMBERS the Correlates of War list of states. Installs numpy,
pandas and pyarrow into a virtual environment of its own (PEER_VENV, else target/bench-venv). The
peer is what one would write by hand: matrices of a year, all pairs at once by matrix products, S,
kappa and pi by the same formulas. It runs over a few years, and its time for all years is
extrapolated by the number of dyads times columns; the time of reading is given apart. Both are
processor seconds. Values must agree to 1e-9 or this stops.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("PEER_VENV") or Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target") / "bench-venv")
PYTHON = VENV / "bin/python"
if Path(sys.prefix).resolve() != VENV.resolve():
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "numpy", "pandas", "pyarrow"], check=True)
    os.execv(PYTHON, [str(PYTHON), *sys.argv])

BINARY, TIES, MEMBERS, VOTES, CALLS = sys.argv[1:6]
YEARS = [1850, 1914, 1950, 1980, 2000, 2016]


def measured(words):
    """Runs the command; its processor seconds and peak memory in MB, the median of five."""
    runs = []
    for _ in range(5):
        process = subprocess.Popen([BINARY, "similarity", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"{' '.join(words)}: failed")
        runs.append((usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
    return sorted(runs)[2]


WORK = tempfile.TemporaryDirectory()
FILES = [str(Path(WORK.name) / name) for name in ("alliances.parquet", "alliances.csv", "votes.parquet")]
ALLIANCES = ["alliances", TIES, "--members", MEMBERS, "--carry-members", "--year-from", "1816", "--year-to", "2018", "--out"]
OURS = measured([*ALLIANCES, FILES[0]])
CSV = measured([*ALLIANCES, FILES[1]])
OF_VOTES = measured(["votes", VOTES, "--roll-calls", CALLS, "--out", FILES[2]])

# Only now: the peak memory of a child starts from that of the process that made it.
import numpy as np
import pandas as pd


def formulas(x, m):
    n = x.shape[1]
    s, q, p = x.sum(1), (x * x).sum(1), x @ x.T
    ssd = q[:, None] + q[None, :] - 2 * p
    sad = np.array([np.abs(x - row).sum(1) for row in x])
    both = q[:, None] + q[None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        kappa = np.where(ssd == 0, 1.0, 1 - ssd / (both - 2 * s[:, None] * s[None, :] / n))
        pi = np.where(ssd == 0, 1.0, 1 - ssd / (both - (s[:, None] + s[None, :]) ** 2 / (2 * n)))
    return 1 - 2 * ssd / (m * m * n), 1 - 2 * sad / (m * n), kappa, pi


got = pd.read_parquet(FILES[0])
rows = len(got), len(pd.read_parquet(FILES[2], columns=["n"]))

begun = time.process_time()
ties, members = pd.read_parquet(TIES), pd.read_parquet(MEMBERS)
worth = 3 * (ties.atop_defense + ties.atop_offense > 0)
worth = np.maximum(worth, 2 * (ties.atop_neutral + ties.atop_consul > 0))
ties["worth"] = np.maximum(worth, 1 * (ties.atop_nonagg > 0))
reading = time.process_time() - begun

begun, work_done, results = time.process_time(), 0, {}
for year in YEARS:
    states = np.unique(members.ccode[(members.styear <= year) & (year <= members.endyear)])
    place = {state: i for i, state in enumerate(states)}
    x = np.zeros((len(states), len(states)))
    of_year = ties[ties.year == year]
    for a, b, value in zip(of_year.ccode1, of_year.ccode2, of_year.worth):
        if a in place and b in place:
            x[place[a], place[b]] = max(value, x[place[a], place[b]])
    np.fill_diagonal(x, 3)
    results[year] = states, formulas(x, 3)
    work_done += len(states) ** 3
computing = time.process_time() - begun

for year, (states, values) in results.items():
    i, j = np.triu_indices(len(states), 1)
    of_year = got[got.year == year].sort_values(["a", "b"])
    assert (of_year.a.to_numpy() == states[i]).all() and (of_year.b.to_numpy() == states[j]).all()
    for name, value in zip(["s_squared", "s_absolute", "kappa", "pi"], values):
        gap = np.abs(of_year[name].to_numpy() - value[i, j]).max()
        assert gap < 1e-9, (year, name, gap)

whole = int((got.drop_duplicates(["year", "a"]).groupby("year").size() + 1).pow(3).sum())
print(json.dumps({
    "alliances, Parquet": {"rows": rows[0], "cpu_s": round(OURS[0], 2), "MB": round(OURS[1])},
    "alliances, CSV": {"rows": rows[0], "cpu_s": round(CSV[0], 2), "MB": round(CSV[1])},
    "votes, Parquet": {"rows": rows[1], "cpu_s": round(OF_VOTES[0], 2), "MB": round(OF_VOTES[1])},
    "numpy, alliances": {
        "years": YEARS,
        "reading_s": round(reading, 2),
        "computing_s": round(computing, 2),
        "computing_all_years_s, extrapolated": round(computing * whole / work_done, 2),
        "MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    },
}, indent=2))
