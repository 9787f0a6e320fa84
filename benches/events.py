#!/usr/bin/env python3
"""Event files into the store, and questions to it, beside DuckDB and Polars.

    cargo build --release && python3 benches/events.py GENERATOR [ROWS] [RUNS] [FOLDER]

GENERATOR is a program called as `GENERATOR --rows N --rows-per-file 100000 --out DIR` that
writes event files in the form of GDELT 2.0 (61 columns). ROWS is 5000000 and RUNS 3 if not given.
Peers come from PyPI into a virtual environment in FOLDER (made if it is not there), where the
rows and the stores are kept too: about 3 GB for five million rows.

Each figure is the median over the runs of a whole process: user and system CPU seconds, wall
seconds, peak resident memory. The peers run in turn with us, so that a busy machine is busy for
all. What a peer does: all 61 columns typed, from text to one Parquet file with zstd. What we do:
that, and actors, duplicates, checks of codes and scales, ledger, sorting by dyad, and the cube.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
BINARY = os.path.join(TARGET, "release", "demarche")

NAMES = "GLOBALEVENTID SQLDATE MonthYear Year FractionDate".split()
for actor in ("Actor1", "Actor2"):
    parts = "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code"
    NAMES += [actor + part for part in (parts + " Type1Code Type2Code Type3Code").split()]
NAMES += "IsRootEvent EventCode EventBaseCode EventRootCode QuadClass GoldsteinScale".split()
NAMES += "NumMentions NumSources NumArticles AvgTone".split()
for place in ("Actor1Geo", "Actor2Geo", "ActionGeo"):
    parts = "Type FullName CountryCode ADM1Code ADM2Code Lat Long FeatureID"
    NAMES += [f"{place}_{part}" for part in parts.split()]
NAMES += ["DATEADDED", "SOURCEURL"]
LONG = {"GLOBALEVENTID", "DATEADDED"}
WHOLE = {"SQLDATE", "MonthYear", "Year", "IsRootEvent", "QuadClass"}
WHOLE |= {"NumMentions", "NumSources", "NumArticles"}
WHOLE |= {name for name in NAMES if name.endswith("Geo_Type")}
REAL = {"FractionDate", "GoldsteinScale", "AvgTone"}
REAL |= {name for name in NAMES if name.endswith(("_Lat", "_Long"))}

SUMS = """count(*) n, count(*) filter (QuadClass = 1) q1, count(*) filter (QuadClass = 2) q2,
    count(*) filter (QuadClass = 3) q3, count(*) filter (QuadClass = 4) q4,
    sum(GoldsteinScale) scale_sum, sum(NumMentions) mentions"""
DYADS = """Actor1CountryCode is not null and Actor2CountryCode is not null
    and Actor1CountryCode <> Actor2CountryCode"""


def duckdb_convert(source, target):
    import duckdb

    kind = lambda n: "BIGINT" if n in LONG else "INTEGER" if n in WHOLE else "DOUBLE" if n in REAL else "VARCHAR"
    columns = "{" + ", ".join(f"'{n}': '{kind(n)}'" for n in NAMES) + "}"
    link = duckdb.connect()
    link.execute("set preserve_insertion_order = false")
    link.execute(
        f"copy (select * from read_csv('{source}', delim = '\t', quote = '', escape = '', "
        f"header = false, auto_detect = false, ignore_errors = true, columns = {columns})) "
        f"to '{target}' (format parquet, compression zstd)"
    )


def polars_convert(source, target):
    import polars

    kind = lambda n: (
        polars.Int64 if n in LONG else polars.Int32 if n in WHOLE else polars.Float64 if n in REAL else polars.String
    )
    polars.scan_csv(
        source,
        separator="\t",
        quote_char=None,
        has_header=False,
        schema={n: kind(n) for n in NAMES},
        ignore_errors=True,
    ).sink_parquet(target, compression="zstd")


def duckdb_panel(source, target):
    import duckdb

    duckdb.execute(
        f"copy (select Actor1CountryCode, Actor2CountryCode, MonthYear, {SUMS} from '{source}' "
        f"where {DYADS} group by all order by all) to '{target}' (format parquet, compression zstd)"
    )


def duckdb_series(source, _target):
    import duckdb

    duckdb.execute(
        f"select date_trunc('week', strptime(SQLDATE::varchar, '%Y%m%d')) as week_of, {SUMS} "
        f"from '{source}' where Actor1CountryCode = 'KOR' and Actor2CountryCode = 'PRK' "
        "group by 1 order by 1"
    ).fetchall()


def nothing(_source, _target):
    import duckdb  # noqa: F401  what starting the peer costs by itself


def measured(command):
    """CPU seconds, wall seconds and peak MiB of one process, as the system counts them."""
    with tempfile.TemporaryFile() as errors:
        sinks = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0), (os.POSIX_SPAWN_DUP2, errors.fileno(), 2)]
        begun = time.perf_counter()
        child = os.posix_spawnp(command[0], command, os.environ, file_actions=sinks)
        _, status, used = os.wait4(child, 0)
        wall = time.perf_counter() - begun
        if status:
            errors.seek(0)
            sys.exit(f"{' '.join(command)} failed: {errors.read().decode(errors='replace')}")
    return [used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024]


def table(title, rows, runs):
    """Runs all commands in turn, so many times, and prints the medians. A row is (name, before,
    command): `before` clears the way."""
    taken = {name: [] for name, _, _ in rows}
    for _ in range(runs):
        for name, before, command in rows:
            before()
            taken[name].append(measured(command))
    print(f"\n{title}\n\n| program | CPU s | wall s | peak MiB |\n| --- | ---: | ---: | ---: |")
    for name, figures in taken.items():
        cpu, wall, peak = (statistics.median(column) for column in zip(*figures))
        print(f"| {name} | {cpu:.3f} | {wall:.3f} | {peak:.0f} |", flush=True)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if sys.argv[1] == "--peer":
        return globals()[sys.argv[2]](*sys.argv[3:5])
    generator = sys.argv[1]
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000_000
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    folder = sys.argv[4] if len(sys.argv) > 4 else os.path.join(tempfile.gettempdir(), "demarche-events")
    if not os.path.exists(BINARY):
        sys.exit(f"{BINARY} is missing: cargo build --release")
    os.makedirs(folder, exist_ok=True)
    at = lambda name: os.path.join(folder, name)
    python = at("venv/bin/python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", at("venv")], check=True)
        packages = ["duckdb", "polars", "numpy", "pyarrow"]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    source = at(f"rows-{rows}")
    if not os.path.exists(source):
        subprocess.run(
            [python, generator, "--rows", str(rows), "--rows-per-file", "100000", "--out", source + ".part"],
            check=True,
        )
        os.rename(source + ".part", source)
    versions = "import duckdb, polars; print('duckdb', duckdb.__version__, 'polars', polars.__version__)"
    print(f"{rows:,} rows;", subprocess.run([python, "-c", versions], capture_output=True, text=True).stdout.strip())
    store, files = at(f"store-{rows}"), os.path.join(source, "*.CSV")
    peer = lambda name, a, b: [python, os.path.abspath(__file__), "--peer", name, a, b]
    clear = lambda path: lambda: (
        shutil.rmtree(path, ignore_errors=True) if os.path.isdir(path) else os.path.exists(path) and os.remove(path)
    )
    flat = at(f"duckdb-{rows}.parquet")
    add = [BINARY, "data", "add", store, source, "--quiet"]
    table(
        "Text to Parquet, all 61 columns",
        [
            ("DuckDB", clear(flat), peer("duckdb_convert", files, flat)),
            ("Polars", clear(at("polars.parquet")), peer("polars_convert", files, at("polars.parquet"))),
            ("Demarche, duplicates by id", clear(store), add),
        ],
        runs,
    )
    keep = lambda: None
    table(
        "Monthly panel of all dyads, to Parquet",
        [
            ("DuckDB, its own Parquet", keep, peer("duckdb_panel", flat, at("p.parquet"))),
            ("DuckDB, started and ended", keep, peer("nothing", "", "")),
            ("Demarche", keep, [BINARY, "panel", store, "--by", "month", "--out", at("panel.parquet"), "--quiet"]),
        ],
        max(runs, 5),
    )
    table(
        "One dyad by week",
        [
            ("DuckDB, its own Parquet", keep, peer("duckdb_series", flat, "")),
            ("DuckDB, started and ended", keep, peer("nothing", "", "")),
            ("Demarche", keep, [BINARY, "series", store, "KOR", "PRK", "--by", "week"]),
        ],
        max(runs, 5),
    )


main()
