"""A city's pathway on two A4 pages, to hang beside the phone."""
