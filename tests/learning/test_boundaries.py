"""Nobody imports `learning`: the directory and the guide stand without it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def imported(path):
    """The first part of every absolute import of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("app", ["services", "referrals", "accounts"])
def test_nobody_imports_learning(app):
    files = [*(ROOT / app).rglob("*.py")]
    assert files
    assert [str(path) for path in files if "learning" in imported(path)] == []
