"""Whether migrations may run while the release before still serves: `manage.py lint_migrations`.

An upgrade is: migrate, then change the code. For a while, and again when somebody goes back, old
code works on new tables. So tables first grow (expand), and shrink a release later (contract).

Not `django-migration-linter`: it reads SQL with patterns. On SQLite it takes every first migration
with a check for a fault, on PostgreSQL it needs a server and misses checks that read a whole table
under a lock, and neither knows what a migration adds to a table that it has made itself.
"""
