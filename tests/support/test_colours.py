"""Colours that other files repeat or read."""

import re
import tomllib
from pathlib import Path

import numpy as np
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


@pytest.mark.parametrize("scheme, paper", [("light", "#ffffff"), ("dark", "#11161c")])
def test_the_colours_of_signs_and_runs_are_legible_and_unlike_those_of_classes(scheme, paper):
    signs = (colours.POSITIVE[scheme], colours.NEGATIVE[scheme])
    for run in colours.RUNS[scheme]:
        assert min(np.linalg.norm(_rgb(run) - _rgb(sign)) for sign in signs) > 0.2
    for sign in (*signs, *colours.RUNS[scheme]):
        light, dark = sorted((_luminance(sign), _luminance(paper)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5
        assert min(np.linalg.norm(_rgb(sign) - _rgb(each)) for each in colours.CLASSES) > 0.2


def _rgb(colour):
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def _luminance(colour):
    """Relative luminance, as WCAG defines it."""
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in _rgb(colour)]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])
