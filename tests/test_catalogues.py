"""The catalogues of `locale/`: every text of code and templates, in every language, and no other."""

import ast
import os
import shutil
import subprocess

import polib
import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import trans_real

LOCALE = settings.BASE_DIR / "locale"
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
TOOLS = ("xgettext", "msguniq", "msgmerge", "msgattrib", "msgfmt")


@pytest.fixture(scope="module", autouse=True)
def gettext_tools():
    gone = [tool for tool in TOOLS if not shutil.which(tool)]
    if gone and os.environ.get("WAYMARK_REQUIRE_ALL") == "1":
        pytest.fail(
            f"{', '.join(gone)} missing. WAYMARK_REQUIRE_ALL=1 allows nothing to be missing."
        )
    if gone:
        pytest.skip(f"{', '.join(gone)} missing: install gettext")


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A copy of what is kept: extracting writes files beside the templates."""
    copy = tmp_path_factory.mktemp("sources")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py", "*.html", "*.txt"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (settings.BASE_DIR / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(settings.BASE_DIR / name, copy / name)
    return copy


@pytest.fixture
def updated(tmp_path, sources, monkeypatch, settings):
    """The French catalogue of an empty folder after `makemessages`; after it again when called again."""
    monkeypatch.chdir(sources)
    settings.LOCALE_PATHS = [tmp_path / "locale"]

    def update():
        call_command("makemessages", locale=["fr"], verbosity=0)
        return tmp_path / "locale" / "fr" / "LC_MESSAGES" / "django.po"

    return update


def texts(catalogue):
    return {(row.msgctxt, row.msgid, row.msgid_plural): row for row in catalogue}


def test_catalogues_hold_what_the_code_says(updated):
    if not (LOCALE / LANGUAGES[0]).is_dir():
        pytest.skip("no locale/ yet")
    wanted = set(texts(polib.pofile(str(updated()))))
    for language in LANGUAGES:
        kept = polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "django.po"))
        assert set(texts(kept)) == wanted, f"{language}: run manage.py makemessages"
        assert not [row.msgid for row in kept.untranslated_entries()], f"{language} is not complete"


def test_update_keeps_what_is_translated(updated):
    path = updated()
    catalogue = polib.pofile(str(path))
    first, second, *_others = [row for row in catalogue if not row.msgid_plural]
    first.msgstr, second.msgstr = "un brouillon", "relu"
    first.flags.insert(0, "fuzzy")
    catalogue.append(polib.POEntry(msgid=f"{first.msgid} of old", msgstr="ancien"))
    catalogue.save()
    again = texts(polib.pofile(str(updated())))
    assert "fuzzy" in again[(first.msgctxt, first.msgid, "")].flags
    assert "fuzzy" not in again[(second.msgctxt, second.msgid, "")].flags
    assert not any(row.obsolete or "ancien" in row.msgstr for row in again.values())
    once = path.read_text()
    assert updated().read_text() == once


def test_nearly_the_same_text_is_no_draft(updated):
    path = updated()
    catalogue = polib.pofile(str(path))
    row = max((row for row in catalogue if not row.msgid_plural), key=lambda row: len(row.msgid))
    source = row.msgid
    row.msgid, row.msgstr = f"{source} and", "presque"
    catalogue.save()
    again = texts(polib.pofile(str(updated())))
    assert not again[(None, source, "")].msgstr


def test_catalogue_says_files_without_lines_and_no_date(updated):
    text = updated().read_text()
    assert "#: templates/base.html" in text
    assert "base.html:" not in text
    assert "POT-Creation-Date" not in text


def test_drafts_are_compiled_too(tmp_path, monkeypatch):
    folder = tmp_path / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    po = polib.POFile()
    po.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    po.append(polib.POEntry(msgid="Leave now", msgstr="Partir", flags=["fuzzy"]))
    po.save(folder / "django.po")
    monkeypatch.chdir(tmp_path)
    call_command("compilemessages", verbosity=0)
    made = trans_real.gettext_module.translation("django", tmp_path / "locale", ["fr"])
    assert made.gettext("Leave now") == "Partir"


def test_no_text_stands_inside_an_f_string():
    """`xgettext` does not look there, and so no translator would ever see it."""
    found = []
    for folder in ("accounts", "config", "referrals", "services"):
        for path in (settings.BASE_DIR / folder).rglob("*.py"):
            parts = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            inside = (
                n for part in parts if isinstance(part, ast.JoinedStr) for n in ast.walk(part)
            )
            found += [f"{path.name}:{n.lineno}" for n in inside if _is_message(n)]
    assert not found


def _is_message(node):
    names = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in names
