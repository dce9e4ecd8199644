"""Which passages help at a question of the guide or at a step of a plan, for whom it is about."""

#: Of several groups the one whose rights and risks are the most particular comes first.
PRIORITY = ("unaccompanied-children", "lgbtqi", "women-girls", "families")
#: So many are offered: one open, the others folded. A tired person reads little.
MOST = 4
#: What helps with nearly everything, where nothing was written for the one thing.
ANYWHERE = "need:disclosure"


def choose(passages, key, groups):
    """The passages that help with `key` (`question:<id>` or `need:<code>`), the best one first.

    Those of the person's groups come before those for everybody. Another group's comes first
    only where nothing else was written for this alone. Empty only where nothing at all is shown.
    """
    ours = [p for p in passages if not p.group or p.group in groups]
    main = _of(ours, key, "helps") or _of(passages, key, "helps")
    found = [*main, *_of(ours, key, "also_helps")] or _of(passages, ANYWHERE, "helps")
    return found[:MOST]


def _of(passages, key, field):
    """Those that name the key in this field: by group, then in their own order."""
    return sorted((p for p in passages if key in getattr(p, field)), key=_place)


def _place(passage):
    return PRIORITY.index(passage.group) if passage.group else len(PRIORITY)
