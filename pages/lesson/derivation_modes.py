"""The modes of a derivation: it is read, or its lines are written, more and more of them."""

MODES = {"read": "Read", "last": "Last line", "every": "Every line", "free": "On your own"}
ABOUT = {
    "last": "All lines but the last are given. Write the last one.",
    "every": "Write every line, and choose the rule that leads to it.",
    "free": "Go from the left side to the last line, in as many lines as you like.",
}
DONE = {"read": "read", "last": "last line written", "every": "every line written", "free": "derived freely"}


def following(mode: str) -> str | None:
    """The mode to suggest after this one."""
    modes = list(MODES)
    place = modes.index(mode) + 1
    return modes[place] if place < len(modes) else None
