"""Backups of the database: made while serving, sealed to a public key, proved by restoring them.

`making` writes one, `restoring` reads one. Below them: `archive` is the form, `age` the
encryption, `files` the folder, `manifest` what a backup says of itself; `sqlite` and
`postgresql` know the databases. Nothing here asks Django for rows: databases are read as they are.
"""
