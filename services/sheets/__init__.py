"""Listings as spreadsheets: out, in by way of a dry run, and the columns of other people's files."""
