"""Walk through the migrations in their order and judge each operation in the state it finds."""

import tomllib
from dataclasses import dataclass

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from operations.linting import rules

APPS = ("accounts", "learning", "operations", "referrals", "services")
#: Up to these nothing was ever released: there was no old code that could have served meanwhile.
BASELINE = {
    "accounts": "0001_initial",
    "learning": "0001_initial",
    "operations": "0002_claims",
    "referrals": "0001_nameless",
    "services": "0013_read_at_scale",
}


@dataclass(frozen=True)
class Finding:
    """What is unsafe in a migration, and what to do instead."""

    migration: str
    words: str

    def __str__(self):
        return f"{self.migration}: {self.words}"


def lint():
    """The `Finding`s in the migrations of this site, in their order. Asks no database."""
    loader = MigrationLoader(None)
    # The first migrations of others too: our tables point to theirs.
    state, found = loader.project_state([]), []
    for key in _order(loader):
        migration = loader.graph.nodes[key]
        words = (
            judge(migration, state, release()) if _is_judged(*key) else migrate(migration, state)
        )
        found += [Finding(f"{key[0]} {key[1]}", each) for each in words]
    return found


def judge(migration, state, current_release):
    """What is unsafe in one migration, as texts; the state is moved on to after it."""
    case, words = rules.Case(migration, current_release), []
    for operation in migration.operations:
        before = state.clone()
        operation.state_forwards(migration.app_label, state)
        words += rules.judge(operation, case, before)
    return words


def migrate(migration, state):
    """Move the state on past a migration that is not judged; nothing was found."""
    migration.mutate_state(state, preserve=False)
    return []


def release():
    """The version of this code, as numbers."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return rules.numbers(project["project"]["version"])


def _order(loader):
    done = dict.fromkeys(
        key
        for leaf in sorted(loader.graph.leaf_nodes())
        for key in loader.graph.forwards_plan(leaf)
    )
    return list(done)


def _is_judged(app, name):
    return app in APPS and name > BASELINE.get(app, "")
