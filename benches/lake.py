"""The lake problem, 10,000 runs, and scenario discovery, beside the EMA Workbench: medians of three.

    cargo build --release -p demarche-plan --example lake --example prim
    python3 benches/lake.py VENV [bryant-2010.csv]

VENV is a folder for a virtual environment with the EMA Workbench; it is made if it is not there. The lake
is timed as whole processes, in CPU seconds and in wall time: 100 scenarios and 100 policies with 150
samples of 100 years each, as the workbench's own example has it, in one process and (as the example
does it) in as many as there are cores. Scenario discovery is timed without reading the table.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

LAKE = """
from ema_workbench import Constant, Model, MultiprocessingEvaluator, RealParameter, ScalarOutcome, SequentialEvaluator
from ema_workbench.examples.example_lake_model import lake_problem
import ema_workbench.em_framework.evaluators as evaluators
if __name__ == "__main__":
    m = Model("lakeproblem", function=lake_problem)
    m.time_horizon = 100
    m.uncertainties = [RealParameter("b", 0.1, 0.45), RealParameter("q", 2.0, 4.5),
                       RealParameter("mean", 0.01, 0.05), RealParameter("stdev", 0.001, 0.005),
                       RealParameter("delta", 0.93, 0.99)]
    m.levers = [RealParameter(str(i), 0, 0.1) for i in range(100)]
    m.outcomes = [ScalarOutcome(o) for o in ("max_P", "utility", "inertia", "reliability")]
    m.constants = [Constant("alpha", 0.41), Constant("nsamples", 150)]
    with EVALUATOR(m) as e:
        _, found = e.perform_experiments(100, 100, lever_sampling=evaluators.Samplers.MC)
    print({k: round(float(v.mean()), 3) for k, v in found.items()})
"""

PRIM = """
import sys, time, logging, warnings
warnings.simplefilter("ignore")
import pandas as pd
from ema_workbench.analysis import prim
d = pd.read_csv(sys.argv[1])
x, y = d.iloc[:, 2:11], (d["Greater than 90%"] > 0.5).values
times = []
for _ in range(5):
    begun = time.perf_counter()
    box = prim.Prim(x, y, threshold=0.5, peel_alpha=0.1).find_box()
    times.append(time.perf_counter() - begun)
t = box.peeling_trajectory
print(f"{sorted(times)[2]:.6f} s for one search; box 21 of {len(t)}: coverage {t.coverage[21]:.6f}, density {t.density[21]:.6f}, mass {t.mass[21]:.7f}")
"""


def timed(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, out.strip()


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    place = Path(sys.argv[1])
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "ema_workbench"], check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", Path(__file__).parent.parent / "target"))
    examples = target / "release" / "examples"
    runs = {
        "Demarche": [examples / "lake"],
        "EMA Workbench, one process": [python, "-c", LAKE.replace("EVALUATOR", "SequentialEvaluator")],
        "EMA Workbench, all cores": [python, "-c", LAKE.replace("EVALUATOR", "MultiprocessingEvaluator")],
    }
    figures = {}
    for _ in range(3):
        for name, command in runs.items():
            figures.setdefault(name, []).append(timed(command))
    ours = None
    for name, all_ in figures.items():
        cpu, wall = (statistics.median(f[i] for f in all_) for i in (0, 1))
        ours = ours or (cpu, wall)
        print(f"{name}: {cpu:.2f} CPU s ({cpu / ours[0]:.0f} times ours), {wall:.2f} s ({wall / ours[1]:.0f} times): {all_[0][2]}")
    if len(sys.argv) == 3:
        print("Demarche:", timed([examples / "prim", sys.argv[2]])[2].replace("\n", "; "))
        print("EMA Workbench:", timed([python, "-c", PRIM, sys.argv[2]])[2])


if __name__ == "__main__":
    main()
