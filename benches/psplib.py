#!/usr/bin/env python3
"""The shortest time of the projects of PSPLIB (J30, J60), against the published optima.

    cargo build --release -p demarche-plan --example psplib && python3 benches/psplib.py FOLDER [STEP]

FOLDER holds j30.tar.gz, j60.tar.gz and j30-optimum.csv, j60-optimum.csv (a makespan, or the best
known bounds as LOW..HIGH; the gap is to HIGH). Of each set every STEP-th project is taken, all if no
STEP is given. Effort is the default: a number of schedules and nodes, no clock.
"""

import os
import statistics
import subprocess
import sys
import tarfile
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(os.path.dirname(HERE), "target"))
OURS = os.path.join(TARGET, "release", "examples", "psplib")


def main():
    folder = sys.argv[1]
    step = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    print("| set | projects | mean gap | at the best known | below it | proven optimal | CPU s, mean | median | most |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name in ("j30", "j60"):
        with tempfile.TemporaryDirectory() as to:
            with tarfile.open(os.path.join(folder, f"{name}.tar.gz")) as archive:
                archive.extractall(to, filter="data")
            known = {}
            for line in open(os.path.join(folder, f"{name}-optimum.csv")).read().split()[1:]:
                file, value = line.split(",")
                known[os.path.join(to, name, file)] = int(value.split("..")[-1])
            files = sorted(known)[::step]
            said = subprocess.run([OURS, *files], check=True, capture_output=True, text=True).stdout
            rows = [line.split() for line in said.splitlines()]
            gaps = [int(row[1]) / known[row[0]] - 1 for row in rows]
            cpu = [float(row[4]) for row in rows]
            print(
                f"| {name.upper()} | {len(rows)} | {statistics.mean(gaps):.4%} "
                f"| {sum(gap == 0 for gap in gaps)} | {sum(gap < 0 for gap in gaps)} "
                f"| {sum(row[1] == row[2] for row in rows)} | {statistics.mean(cpu):.3f} "
                f"| {statistics.median(cpu):.2f} | {max(cpu):.2f} |",
                flush=True,
            )


main()
