"""Change points: ruptures (Python Pelt and C KernelCPD) beside demarche's search, on the same data.

Called by changepoint.sh with the example binary. Every program runs as a whole process, the
median of several; the time of the search alone is each program's own clock. The results must be
the same, or this stops.
"""

import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BINARY, RUNS = sys.argv[1], int(sys.argv[2])


def series(n):
    """Levels that change every 250 points and near-Gaussian noise, from a fixed generator."""
    state, values = 12345, []
    for i in range(n):
        noise = 0.0
        for _ in range(12):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            noise += (state >> 11) / 2**53
        values.append([0.0, 2.0, 0.5, 3.0, 1.0][i // 250 % 5] + noise - 6.0)
    return values


PEER = """
import json, sys, time
import numpy as np, ruptures as rpt
x = np.loadtxt(sys.argv[1]); pen = float(sys.argv[2]); runs = int(sys.argv[4])
best = float("inf")
for _ in range(runs):
    start = time.perf_counter()
    if sys.argv[3] == "pelt":
        found = rpt.Pelt(model="l2", jump=1, min_size=1).fit(x).predict(pen=pen)
    else:
        found = rpt.KernelCPD(kernel="linear", min_size=1).fit(x).predict(pen=pen)
    best = min(best, time.perf_counter() - start)
print(json.dumps({"breaks": [int(b) for b in found[:-1]], "seconds": best,
                  "cost": float(rpt.costs.CostL2().fit(x).sum_of_costs(found))}))
"""


def run(command, runs):
    times, answers = [], []
    for _ in range(runs):
        start = time.perf_counter()
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        times.append(time.perf_counter() - start)
        answers.append(json.loads(text))
    return statistics.median(times), min(answers, key=lambda a: a["seconds"])


print("| points | program | whole process, median (s) | search alone, best (s) | breaks |")
print("| ---: | --- | ---: | ---: | ---: |")
with tempfile.TemporaryDirectory() as folder:
    for n in (2_000, 20_000):
        file = Path(folder) / f"series{n}.txt"
        file.write_text("\n".join(repr(v) for v in series(n)) + "\n")
        penalty = repr(2 * math.log(n))
        few = RUNS if n <= 2_000 else min(RUNS, 3)
        peers = [sys.executable, "-c", PEER, str(file), penalty]
        rows = [
            ("ruptures Pelt(l2, jump=1)", run(peers + ["pelt", "1"], few)),
            ("ruptures KernelCPD(linear)", run(peers + ["kernel", "1"], RUNS)),
            ("demarche", run([BINARY, str(file), "mean", penalty, "1", "1"], RUNS)),
        ]
        ours = rows[-1][1][1]
        for name, (median, answer) in rows:
            print(f"| {n} | {name} | {median:.4f} | {answer['seconds']:.5f} | {len(answer['breaks'])} |")
            assert answer["breaks"] == ours["breaks"], f"{name} finds other breaks"
            assert abs(answer["cost"] / ours["cost"] - 1) < 1e-9, f"{name} has another cost"
