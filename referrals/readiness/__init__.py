"""Whether a city may be live: what it must have, what it lacks, and who signs its legal notes."""
