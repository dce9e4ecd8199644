"""Run the fault programs one after the other and print one table: `scripts/faults/all [--short] [name …]`."""

import argparse
import re
import subprocess
import sys
import time

from scripts.faults.site import ROOT

#: Name -> what it is run with besides `--short`.
PROGRAMS = {
    "kill-worker": [],
    "disk-full": [],
    "disk-full-postgresql": ["--postgresql"],
    "clock-jump": [],
    "mail-down": [],
    "hostile-client": [],
    "mixed-load": [],
}
SKIPPED = 77
WORDS = {0: "survived", SKIPPED: "not shown here"}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(PROGRAMS))
    parser.add_argument("--short", action="store_true", help="a quick run of each")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in PROGRAMS]
    if unknown:
        parser.error(f"there is no “{unknown[0]}”; there are {', '.join(PROGRAMS)}")
    results = [_run(name, options.short) for name in options.names or PROGRAMS]
    print(f"\n{'fault':<22} {'result':<16} {'seconds':>7}")
    for name, status, took in results:
        print(f"{name:<22} {WORDS.get(status, 'NOT SURVIVED'):<16} {took:>7.0f}")
    return int(any(status not in WORDS for _name, status, _took in results))


def _run(name, short):
    print(f"\n{name}", flush=True)
    module = re.sub("-postgresql$", "", name).replace("-", "_")
    arguments = [*PROGRAMS[name], *(["--short"] if short else [])]
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-m", f"scripts.faults.{module}", *arguments], cwd=ROOT, check=False
    )
    return name, ended.returncode, time.monotonic() - began


if __name__ == "__main__":
    raise SystemExit(main())
