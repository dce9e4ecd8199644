"""The pathway engine: facts in, plan out. Plain Python; no Django, no request, no clock of its own.

facts.py       what may be said about a person, and how it is read
predicates.py  the tested conditions that pathway data may name
rules.py       the shapes of questions, rules, windows and notices
loading.py     TOML files -> a checked `Pathway` for a city
matching.py    one listing, one person: takes, asks first, or does not take
ranking.py     which door is plan A
sets.py        what many listings say, as sets; one person, all of them at once
sieve.py       which doors a plan looks at where there are many
plan.py        the ordered plan
questions.py   which question comes next, and proof that it can matter
outline.py     the pathway as text, for reviewers
"""
