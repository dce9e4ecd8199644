"""The plain text of a passage, read as paragraphs and lists."""

from learning.text import Block, blocks, fingerprint


def test_paragraphs_and_lists():
    body = "One\nline.\n\n- first\n  goes on\n- second\n\nAsk:\n- third\r\n"
    assert blocks(body) == [
        Block(text="One line."),
        Block(items=("first goes on", "second")),
        Block(text="Ask:"),
        Block(items=("third",)),
    ]


def test_how_lines_end_makes_no_other_text():
    assert fingerprint("Quay", "One\r\nTwo  \r\n") == fingerprint("Quay", "One\nTwo")
    assert fingerprint("Quay", "One\nTwo") != fingerprint("Quay", "One Two")
