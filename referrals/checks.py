"""System checks of the pathway's data."""
