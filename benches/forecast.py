#!/usr/bin/env python3
"""Forecasts beside TLogic, CPU seconds on the same split.

    cargo build --release -p demarche-forecast --example evaluate
    python3 benches/forecast.py DATA TLOGIC [VENV] [SHARE]

DATA is a folder of train.txt, valid.txt, test.txt in numbers; TLOGIC a checkout of
github.com/liu-yushan/TLogic. Its own reader gets the same events: the names are numbers written as
text. VENV is a virtual environment with numpy, pandas and joblib (made if it is not there). TLogic
learns with `-l 1 2 3 -n 200 -p 1` and is applied to all test questions; with SHARE below 1 it is
applied to every so many-th of them, and the time of that is divided by SHARE: each question is
answered for itself.

Ours is also run on five copies of the data with entities of their own in the same time, to see how
the cost grows.
"""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(os.path.dirname(HERE), "target"))
OURS = os.path.join(TARGET, "release", "examples", "evaluate")


def run(command, **how):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=True, capture_output=True, text=True, **how)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, cpu, after.ru_maxrss / 1024


def rows(data, part):
    with open(os.path.join(data, part + ".txt")) as file:
        return [[int(x) for x in line.split()[:4]] for line in file]


def copies(data, folder, n):
    """n copies of the graph with disjoint entities."""
    os.makedirs(folder)
    most = 1 + max(max(r[0], r[2]) for part in ("train", "valid", "test") for r in rows(data, part))
    for part in ("train", "valid", "test"):
        with open(os.path.join(folder, part + ".txt"), "w") as file:
            for copy in range(n):
                for s, r, o, t in rows(data, part):
                    file.write(f"{s + copy * most} {r} {o + copy * most} {t}\n")
    shutil.copy(os.path.join(data, "relation2id.txt"), folder)
    with open(os.path.join(data, "entity2id.txt")) as file:
        names = [line.rstrip("\n").split("\t")[:2] for line in file]
    with open(os.path.join(folder, "entity2id.txt"), "w") as file:
        for copy in range(n):
            for name, number in names:
                # The country gets a copy's number too, so that blocs are disjoint.
                own = name[:-1] + f" {copy})" if name.endswith(")") else f"{name} {copy}"
                file.write(f"{own}\t{int(number) + copy * most}\n")


def for_tlogic(data, folder, share):
    """The same events in TLogic's form; of the test part, every so many-th event."""
    os.makedirs(folder)
    all_rows = {part: rows(data, part) for part in ("train", "valid", "test")}
    every = round(1 / share)
    all_rows["test"] = all_rows["test"][::every]
    times = sorted({r[3] for part in all_rows.values() for r in part})
    names = {
        "entity2id.json": sorted({x for part in all_rows.values() for r in part for x in (r[0], r[2])}),
        "relation2id.json": sorted({r[1] for part in all_rows.values() for r in part}),
        "ts2id.json": times,
    }
    for file, known in names.items():
        with open(os.path.join(folder, file), "w") as out:
            json.dump({str(k): i for i, k in enumerate(known)}, out)
    for part, known in all_rows.items():
        with open(os.path.join(folder, part + ".txt"), "w") as out:
            out.writelines("\t".join(map(str, r)) + "\n" for r in known)


def main():
    data, tlogic = sys.argv[1:3]
    venv = sys.argv[3] if len(sys.argv) > 3 else os.path.join(tempfile.gettempdir(), "tlogic-peer")
    share = float(sys.argv[4]) if len(sys.argv) > 4 else 1.0
    python = os.path.join(venv, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "numpy<2", "pandas<3", "joblib"], check=True)
    sys.stdout.reconfigure(line_buffering=True)
    print("| program | CPU s | peak MiB | test MRR |")
    print("| --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as work:
        single = report("Demarche, learned and asked", data)
        five = os.path.join(work, "five")
        copies(data, five, 5)
        print(f"| five times the events: {report('Demarche, five copies', five) / single:.1f} × the CPU | | | |")
        here = os.path.join(work, "TLogic")
        shutil.copytree(tlogic, here, ignore=shutil.ignore_patterns(".git"))
        for_tlogic(data, os.path.join(here, "data", "peer"), share)
        code = os.path.join(here, "mycode")
        base = ["-d", "peer", "-l", "1", "2", "3"]
        _, learn, _ = run([python, "learn.py", *base, "-n", "200", "-p", "1", "-s", "12"], cwd=code)
        output = os.path.join(here, "output", "peer")
        rules = next(f for f in os.listdir(output) if f.endswith("rules.json"))
        _, apply, peak = run(
            [python, "apply.py", "-d", "peer", "-r", rules, "-l", "1", "2", "3", "-w", "0", "-p", "1"], cwd=code
        )
        total = learn + apply / share
        print(f"| TLogic, learned in {learn:.0f} s, asked ({share:g} of the questions) in {apply:.0f} s | {total:.0f} | {peak:.0f} | |")
        print(f"| ratio: {total / single:.0f} × | | | |")


def report(name, data):
    said, cpu, peak = run([OURS, data, "test=1"])
    mrr = re.search(r"all +\d+ +MRR ([\d.]+)", said).group(1)
    print(f"| {name} | {cpu:.1f} | {peak:.0f} | {mrr} |", flush=True)
    return cpu


main()
