#!/bin/sh
# Make .venv ready. When nothing has changed this is one quick look; otherwise find a Python and let
# tools/environment.py make or mend it. PYTHON=python3.12 names the interpreter to use.
set -eu
cd "$(dirname "$0")/.."

fits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# -S: without the installed packages, which may be the broken part.
if [ -z "${PYTHON:-}" ] && [ -x .venv/bin/python ] && .venv/bin/python -I -S tools/environment.py --check 2>/dev/null; then
    exit 0
fi

if [ -n "${PYTHON:-}" ]; then
    candidates=$PYTHON
else
    candidates="python3 python3.14 python3.13 python3.12 python3.11 python"
fi
for python in $candidates; do
    if fits "$python"; then
        exec "$python" tools/environment.py
    fi
done
echo "需要 Python 3.11 或更新版本（找过：$candidates） Python 3.11 or newer is needed (looked for: $candidates)" >&2
exit 1
