#!/usr/bin/env python3
"""Exciting point processes on a million events of ten streams, beside `tick`.

    cargo build --release -p demarche-respond --example hawkes_speed
    python3 benches/hawkes.py [EVENTS] [RUNS] [FOLDER] [PYTHON]

EVENTS is 1000000 and RUNS 3 if not given. The events are drawn by the example into FOLDER. PYTHON
is one of a virtual environment with tick 0.8, NumPy, SciPy and six; it is made in FOLDER if not
given. Each figure is the median over the runs of a whole process, as in `benches/events.py`.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(os.path.dirname(HERE), "target"))
OURS = os.path.join(TARGET, "release", "examples", "hawkes_speed")


def measured(command):
    """CPU seconds, wall seconds and peak MiB of one process, and the last thing it printed."""
    with tempfile.TemporaryFile() as out:
        sinks = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1)]
        begun = time.perf_counter()
        child = os.posix_spawnp(command[0], command, os.environ, file_actions=sinks)
        _, status, used = os.wait4(child, 0)
        wall = time.perf_counter() - begun
        out.seek(0)
        text = out.read().decode(errors="replace")
    if status:
        sys.exit(f"{' '.join(command)} failed")
    return (used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024), text


def main():
    events = sys.argv[1] if len(sys.argv) > 1 else "1000000"
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    folder = sys.argv[3] if len(sys.argv) > 3 else os.path.join(tempfile.gettempdir(), "demarche-hawkes")
    os.makedirs(folder, exist_ok=True)
    python = sys.argv[4] if len(sys.argv) > 4 else os.path.join(folder, "venv/bin/python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", os.path.join(folder, "venv")], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "tick", "numpy", "scipy", "six"], check=True)
    file = os.path.join(folder, f"hawkes-{events}.bin")
    print(subprocess.run([OURS, "draw", events, "10", file], check=True, capture_output=True, text=True).stdout)
    tick = [python, os.path.join(HERE, "peers", "hawkes_tick.py"), file, "2.0"]
    rows = [
        ("tick, started and ended", tick + ["none"]),
        ("tick, one likelihood", tick + ["likelihood"]),
        ("Demarche, one likelihood", [OURS, "value", "2.0", file]),
        ("tick, fit, decay given", tick + ["fit"]),
        ("Demarche, fit, decay given", [OURS, "fit", "2.0", file]),
        ("Demarche, fit, two decays given", [OURS, "fit", "0.5,5", file]),
        ("Demarche, fit, decay estimated", [OURS, "fit", "estimated", file]),
    ]
    taken = {name: [] for name, _ in rows}
    said = {}
    for _ in range(runs):
        for name, command in rows:
            figures, said[name] = measured(command)
            taken[name].append(figures)
    print("| program | CPU s | wall s | peak MiB | log-likelihood |\n| --- | ---: | ---: | ---: | ---: |")
    for name, figures in taken.items():
        cpu, wall, peak = (statistics.median(column) for column in zip(*figures))
        value = said[name].split()[1] if said[name] else ""
        print(f"| {name} | {cpu:.2f} | {wall:.2f} | {peak:.0f} | {value} |")


main()
