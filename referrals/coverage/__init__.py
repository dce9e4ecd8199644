"""Coverage: for whom, when and for which need a city has a door, and where it has none."""
