"""Sobol' indices with 1,000 resamples at N = 2^14, beside SALib: whole processes, medians of three.

    cargo build --release -p demarche-plan --example sensitivity
    python3 benches/sensitivity.py VENV

VENV is a folder for a virtual environment with SALib; it is made if it is not there.
"""

import os
import resource
import statistics
import subprocess
import sys
import venv
from pathlib import Path

PEER = """
import numpy as np
from SALib.analyze import sobol
rng = np.random.default_rng(1)
n, d = 1 << 14, 3
a, b = rng.random((n, d)), rng.random((n, d))
def f(u):
    x = -np.pi + 2 * np.pi * u
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
parts = [f(a)]
for j in range(d):
    m = a.copy()
    m[:, j] = b[:, j]
    parts.append(f(m))
parts.append(f(b))
y = np.stack(parts, axis=1).reshape(-1)
p = {"num_vars": d, "names": ["x1", "x2", "x3"], "bounds": [[0, 1]] * d}
s = sobol.analyze(p, y, calc_second_order=False, num_resamples=1000, seed=1)
print(s["S1"], s["ST"], s["S1_conf"], s["ST_conf"])
"""


def cpu(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, out


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    place = Path(sys.argv[1])
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "SALib"], check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", Path(__file__).parent.parent / "target"))
    ours = [cpu([target / "release" / "examples" / "sensitivity"]) for _ in range(3)]
    theirs = [cpu([python, "-c", PEER]) for _ in range(3)]
    print(ours[0][1])
    print(theirs[0][1])
    print(f"Demarche {statistics.median(t for t, _ in ours):.2f} CPU s")
    print(f"SALib    {statistics.median(t for t, _ in theirs):.2f} CPU s")


if __name__ == "__main__":
    main()
