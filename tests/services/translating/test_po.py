"""PO files: what was written comes back, and what is none is refused in words that help."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.translating import po
from services.translating.po import Entry, FileError

ONE = Entry("harbour", "Call first.", "Appelez d’abord.", is_draft=True)
TWO = Entry("harbour", "Open daily", "Ouvert chaque jour", is_draft=False, previous="Open on days")
HEAD = 'msgid ""\nmsgstr ""\n"Language: fr\\n"\n\n'

texts = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), min_size=1)


def test_what_was_written_comes_back(tmp_path):
    po.write(tmp_path / "fr.po", "fr", [TWO, ONE])
    assert po.read(tmp_path / "fr.po") == [ONE, TWO]
    assert po.parse((tmp_path / "fr.po").read_bytes(), "fr.po").language == "fr"


@given(texts, texts, texts, texts)
def test_any_text_comes_back(context, source, text, previous):
    entry = Entry(context, source, text, is_draft=False, previous=previous)
    assert po.parse(po.as_text("sv", [entry]).encode(), "sv.po").entries == (entry,)


def test_same_texts_make_the_same_file(tmp_path):
    assert po.as_text("fr", [ONE, TWO]) == po.as_text("fr", [TWO, ONE])
    assert "Date" not in po.as_text("fr", [ONE])


def test_french_has_no_plural_for_nothing():
    assert "plural=(n > 1)" in po.as_text("fr", [])
    assert "plural=(n != 1)" in po.as_text("sv", [])


def test_obsolete_entries_are_left_out():
    content = HEAD + '#~ msgid "a"\n#~ msgstr "b"\n\nmsgid "c"\nmsgstr "d"\n'
    assert [entry.source for entry in po.parse(content.encode(), "fr.po").entries] == ["c"]


def test_entry_knows_its_line():
    assert po.parse((HEAD + 'msgid "c"\nmsgstr "d"\n').encode(), "fr.po").entries[0].line == 5


def test_windows_files_are_read():
    content = (HEAD + 'msgid "c"\nmsgstr "d"\n').replace("\n", "\r\n").encode("utf-8-sig")
    assert po.parse(content, "fr.po").entries[0].text == "d"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no PO file"),
        (b"/etc/passwd", "no PO file"),
        (b"PK\x03\x04\0msgid", "no PO file"),
        ("msgid é".encode("latin-1"), "UTF-8"),
        ("msgid".encode("utf-16"), "UTF-8"),
        (b'msgid "a\nmsgstr "b"\n', "line 1 cannot"),
        (b'msgid "a"\nmsgstr "b" c"\n', "line 2 cannot"),
        (b'msgid "a"\nmsgid "b"\n', "line 2 cannot"),
        (b'#| nonsense "x"\nmsgid "a"\nmsgstr "b"\n', "line 1 cannot"),
        (b'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n', "line 1: texts with a plural"),
        ((HEAD + 'msgctxt "x"\nmsgid ""\nmsgstr "b"\n').encode(), "without a source"),
        (b'msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n', "line 4: the text of line 1"),
        (b"#" * (po.MOST_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_what_is_no_po_file_is_refused(content, said):
    with pytest.raises(FileError, match=f"texts.po.*{said}"):
        po.parse(content, "texts.po")


def test_too_many_texts_are_refused(monkeypatch):
    monkeypatch.setattr(po, "MOST_ENTRIES", 1)
    with pytest.raises(FileError, match="more than 1 texts"):
        po.parse(po.as_text("fr", [ONE, TWO]).encode(), "fr.po")


def test_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(FileError, match=r"gone\.po"):
        po.read(tmp_path / "gone.po")
