#!/usr/bin/env python3
"""CPU time and memory of the built binary on the Korea-NATO case, as whole processes.

    cargo build --release && python3 benches/brief.py [RUNS]

Prints the median over the runs of user + system CPU seconds, wall seconds, and the largest
resident memory, for each command. Needs Python 3 on a Unix system and nothing else.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
BINARY = os.path.join(TARGET, "release", "demarche")
CASE = os.path.join(ROOT, "cases", "korea-nato")


def run(arguments):
    """CPU seconds, wall seconds and peak kilobytes of one run, measured in a fork of its own."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        begun = time.perf_counter()
        subprocess.run([BINARY, *arguments], check=True, stdout=subprocess.DEVNULL)
        wall = time.perf_counter() - begun
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        figures = f"{used.ru_utime + used.ru_stime} {wall} {used.ru_maxrss}"
        os.write(write, figures.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        figures = pipe.read().split()
    os.waitpid(child, 0)
    if len(figures) != 3:
        sys.exit(f"demarche {' '.join(arguments)} failed")
    return [float(f) for f in figures]


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    if not os.path.exists(BINARY):
        sys.exit(f"{BINARY} is missing: cargo build --release")
    with tempfile.TemporaryDirectory() as folder:
        out = lambda name: os.path.join(folder, name)
        commands = {
            "check": ["check", CASE, "--quiet"],
            "measure": ["measure", CASE, "--out", out("measure"), "--quiet"],
            "brief without PDF": ["brief", CASE, "--no-pdf", "--out", out("plain"), "--quiet"],
            "brief": ["brief", CASE, "--out", out("brief"), "--quiet"],
            "why": ["why", "share.KOR-NATO.all", CASE],
        }
        print("| command | CPU s | wall s | peak memory MB |")
        print("| --- | ---: | ---: | ---: |")
        for name, arguments in commands.items():
            run(arguments)  # once, so that the files are in memory
            rows = [run(arguments) for _ in range(runs)]
            cpu, wall, memory = (statistics.median(column) for column in zip(*rows))
            print(f"| {name} | {cpu:.2f} | {wall:.2f} | {memory / 1024:.0f} |")
    print(f"\nbinary: {os.path.getsize(BINARY) / 1e6:.1f} MB; {runs} runs each, medians")


if __name__ == "__main__":
    main()
