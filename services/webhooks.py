"""Partners are told when a listing is withdrawn."""


def queue(changes):
    """Line up what webhooks are to be told of these changes."""
