#!/usr/bin/env python3
"""Choosing and scheduling, beside OR-Tools CP-SAT at equal CPU time.

    cargo build --release -p demarche-plan --example instance && python3 benches/plan.py FOLDER_OF_INSTANCES [VENV]

FOLDER_OF_INSTANCES holds plain-text instances (*.txt; the form is described in
crates/demarche-plan/src/instance.rs). OR-Tools comes from PyPI into a virtual environment in VENV
(made if it is not there). For each instance our search runs with its default effort; CP-SAT then
gets as many wall seconds with two workers as we used CPU seconds on two cores. The model for
CP-SAT is the time-indexed one with a Boolean for every activity and start.
"""

import glob
import os
import re
import resource
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
OURS = os.path.join(TARGET, "release", "examples", "instance")


def main():
    folder = sys.argv[1]
    venv = sys.argv[2] if len(sys.argv) > 2 else os.path.join(tempfile.gettempdir(), "plan-peer")
    python = os.path.join(venv, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    if subprocess.run([python, "-c", "import ortools"], capture_output=True).returncode:
        subprocess.run([python, "-m", "pip", "install", "-q", "ortools"], check=True)
    print("| instance | ours | bound | gap | CPU s | CP-SAT | its bound | its gap | CPU s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for path in sorted(glob.glob(os.path.join(folder, "*.txt"))):
        said, cpu = run([OURS, path])
        value, bound = map(int, re.search(r": (\d+) in .* at most (\d+)", said).groups())
        peer = os.path.join(HERE, "peers", "plan_cpsat.py")
        said, theirs = run([python, peer, path, str(cpu / 2)])
        found, most = map(float, said.split())
        name = os.path.basename(path).removesuffix(".txt")
        print(
            f"| {name} | {value:,} | {bound:,} | {(bound - value) / bound:.2%} | {cpu:.1f} "
            f"| {found:,.0f} | {most:,.0f} | {(most - found) / most:.2%} | {theirs:.1f} |",
            flush=True,
        )


def run(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return said, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


main()
