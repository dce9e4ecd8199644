"""What a fault program saw, in words, and whether it is what was promised."""

import argparse
import os
import sys
import tempfile
import time


class Missing(Exception):  # noqa: N818  (it says what a machine lacks, not what went wrong)
    """This machine has no means to show the fault; the words say what to install."""


class Verdict:
    """Collects sentences; `expect` says each as it is found."""

    def __init__(self, name, out=None):
        self.name, self._out = name, out or sys.stdout
        self.deviations, self.seen = [], []
        self._began = time.monotonic()

    def saw(self, words):
        """Something worth knowing that is neither good nor bad."""
        self.seen.append(words)
        self._say("  ", words)

    def expect(self, holds, words):
        """Whether what was promised holds; `words` say what was seen."""
        (self.seen if holds else self.deviations).append(words)
        self._say("ok" if holds else "NO", words)
        return bool(holds)

    def _say(self, mark, words):
        sys.stderr.flush()
        print(f"{mark:>4}  {words}", file=self._out, flush=True)

    def end(self):
        """The exit status, after one line."""
        took = time.monotonic() - self._began
        word = "survived" if not self.deviations else f"{len(self.deviations)} deviations"
        self._say("", f"{self.name}: {word}, in {took:.0f} s")
        return 1 if self.deviations else 0


def main(name, show, **more):
    """Run `show(verdict, folder, options)` as a program: 0 survived, 1 not, 77 cannot be shown here."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--short", action="store_true", help="a quick run, for a first look")
    for option, how in more.items():
        parser.add_argument(f"--{option}", **how)
    options = parser.parse_args()
    verdict = Verdict(name)
    try:
        with tempfile.TemporaryDirectory(prefix="waymark-fault-") as folder:
            show(verdict, folder, options)
    except Missing as why:
        print(f"skip  {name}: {why}", flush=True)
        return 77
    except (OSError, RuntimeError) as error:
        verdict.expect(False, f"{type(error).__name__}: {error}")
    return verdict.end()


def seconds(options, *, short, usual):
    """How long to go on: DURATION where that is set."""
    return float(os.environ.get("DURATION") or (short if options.short else usual))
