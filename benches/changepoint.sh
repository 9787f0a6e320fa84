#!/bin/sh
# Times the search for change points beside ruptures, which it installs into a virtual environment
# of its own. Usage: benches/changepoint.sh [RUNS]
# PEER_VENV names the environment (default: target/bench-venv); it is made if it is not there.
set -eu
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
venv=${PEER_VENV:-$target/bench-venv}
cargo build --quiet --release -p demarche-measure --example changepoint
test -x "$venv/bin/python" || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check ruptures==1.1.10
exec "$venv/bin/python" benches/changepoint.py "$target/release/examples/changepoint" "${1:-5}"
