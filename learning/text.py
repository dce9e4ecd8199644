"""The plain text of a passage: paragraphs with a blank line between, lists of lines that begin with a dash."""

import hashlib
import re
from dataclasses import dataclass

BULLET = "- "


@dataclass(frozen=True)
class Block:
    """A paragraph, or a list of `items`."""

    text: str = ""
    items: tuple[str, ...] = ()


def blocks(body):
    """The `Block`s of a text, in order; nothing in it is taken for HTML."""
    return [block for part in re.split(r"\n\s*\n", tidy(body)) for block in _blocks_of(part)]


def _blocks_of(part):
    """A list right under a line of text is a list all the same."""
    words, items = [], []
    for line in filter(None, map(str.strip, part.split("\n"))):
        if line.startswith(BULLET):
            items.append(line.removeprefix(BULLET))
        elif items:
            items[-1] += f" {line}"
        else:
            words.append(line)
    if words:
        yield Block(text=" ".join(words))
    if items:
        yield Block(items=tuple(items))


def tidy(body):
    """The text with one kind of line end and no space round it, as it is kept and compared."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def fingerprint(title, body):
    """What a translation remembers of the English that it was made from."""
    return hashlib.sha256(f"{title}\0{tidy(body)}".encode()).hexdigest()
