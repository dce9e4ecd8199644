"""Keeping a city's listings true: what to do today, confirming, publishing, previewing, placing."""
