# Sourced by the scripts beside it, which stand in the project's folder afterwards.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# The first Python that is new enough; PYTHON names another.
find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed. Install it, or name one: PYTHON=/path/to/python3.11 make …"
}

make_venv() {
    if .venv/bin/python -c 'import pip' 2>/dev/null; then
        return
    fi
    local python
    python=$(find_python)
    "$python" -m venv --clear .venv >/dev/null 2>&1 ||
        fail "$python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv"
}

# Make .venv hold the pinned packages of a requirements file; costs nothing when it does already.
use_requirements() {
    local file=$1 stamp
    stamp=".venv/installed-$(basename "$file")"
    if [ -x .venv/bin/python ] && cmp -s "$file" "$stamp"; then
        return
    fi
    make_venv
    say "Installing the packages of $file …"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes --requirement "$file" ||
        fail "The packages of $file could not be installed: see the lines above."
    cp "$file" "$stamp"
}

# The browser that pages are tested in; CHROMIUM names another.
find_browser() {
    local candidate
    for candidate in ${CHROMIUM:-chromium chromium-browser google-chrome}; do
        command -v "$candidate" && return
    done
    return 1
}

# Translations, where the tool for them is there; without it the site speaks English.
compile_messages() {
    if command -v msgfmt >/dev/null && [ -d locale ]; then
        WAYMARK_ENV=test .venv/bin/python manage.py compilemessages --verbosity 0
    fi
}

# Something that should be here is not: said once, and with WAYMARK_REQUIRE_ALL=1 a failure.
missing() {
    if [ "${WAYMARK_REQUIRE_ALL:-}" = 1 ]; then
        fail "$* WAYMARK_REQUIRE_ALL=1 allows nothing to be missing."
    fi
    say "$*"
}
