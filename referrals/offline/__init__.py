"""A city kept on a device for some days, for when there is no line: only if somebody asks for it."""
