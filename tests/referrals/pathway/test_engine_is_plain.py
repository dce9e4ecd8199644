"""The engine runs without Django, and the directory without the pathway."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MODULES = sorted(path.stem for path in (ROOT / "referrals" / "pathway").glob("*.py"))


def test_the_engine_imports_no_django():
    names = ", ".join(f"referrals.pathway.{name}" for name in MODULES if name != "__init__")
    code = f"import sys, {names}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_the_directory_knows_nothing_of_referrals():
    imports = re.compile(r"^\s*(?:from|import) referrals", re.MULTILINE)
    files = (ROOT / "services").rglob("*.py")
    assert [str(f) for f in files if imports.search(f.read_text(encoding="utf-8"))] == []
