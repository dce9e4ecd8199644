"""The code of a case: six characters that are hard to mishear, instead of a name."""

import secrets

#: Without letters and digits that look or sound like others on a bad line (0 O, 1 I L, 2 Z, 5 S, 8 B).
ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"
LENGTH = 6
#: How a letter is spelt on the phone, as pilots do (ITU Radio Regulations, appendix 14).
SPOKEN = {
    "A": "Alfa", "C": "Charlie", "D": "Delta", "E": "Echo", "F": "Foxtrot", "G": "Golf",
    "H": "Hotel", "J": "Juliett", "K": "Kilo", "M": "Mike", "N": "November", "P": "Papa",
    "Q": "Quebec", "R": "Romeo", "T": "Tango", "U": "Uniform", "V": "Victor", "W": "Whiskey",
    "X": "X-ray", "Y": "Yankee",
}  # fmt: skip


def new():
    """A code that nobody can foresee. It opens nothing, so two that are alike do no harm."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read(text):
    """The code in what somebody wrote, with or without dash and spaces; None where it is none."""
    kept = "".join(c for c in str(text)[:40].upper() if c not in " -\u00a0\u2010\u2013")
    return kept if len(kept) == LENGTH and set(kept) <= set(ALPHABET) else None


def written(code):
    """As people read it: `ACD-346`."""
    return f"{code[:3]}-{code[3:]}"


def spoken(code):
    """As it is spelt on the phone."""
    return " ".join(SPOKEN.get(character, character) for character in code)
