"""How long something takes, in words for a person."""


def clock(seconds: float) -> str:
    """A duration in minutes and seconds, e.g. `75:03`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
