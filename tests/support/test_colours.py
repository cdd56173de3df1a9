"""Colours that other files repeat or read."""

import re
import tomllib
from pathlib import Path

import pytest

from nnlib.support import colours

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_accent_is_the_primary_colour_of_the_page(scheme):
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    assert colours.ACCENT[scheme] == theme[scheme]["primaryColor"]


def test_every_custom_property_that_the_pages_read_is_defined():
    names = r"--(?:class-\d|good|warning|bad|(?:accent|validation|negative|positive)-(?:light|dark))\b"
    files = [path for kind in ("css", "js", "py") for path in (ROOT / "pages").rglob(f"*.{kind}")]
    read = {name for path in files for name in re.findall(rf"var\(({names})", path.read_text())}
    assert read and read <= set(re.findall(f"({names}):", colours.css()))
