"""The script that makes a component's fields or buttons one stop of the Tab key, put before the component's own."""

from pathlib import Path

ARROW_KEYS = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
