"""Faults that the site survives, each shown by a program of its own: `scripts/faults/README.md`."""
