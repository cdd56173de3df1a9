"""Every page names what is wrong in its link, and shows that text as it is."""

import pytest

from tests.pages.as_shown import as_shown
from tests.pages.opened import opened

HOSTILE = "![i](http://x.y/i.png) $x$ **x**"
PAGES = [
    "home",
    "forward",
    "softmax",
    "backpropagation",
    "gradient_check",
    "convolution",
    "exam",
    "sheets",
    "train",
    "depth",
    "tuning",
]


@pytest.mark.parametrize("page", PAGES)
def test_the_text_of_a_link_is_shown_as_it_is_on_every_page(page):
    """Streamlit's own parameters are no mistake."""
    at = opened(page, part=HOSTILE, dataset=HOSTILE, z=HOSTILE, embed="true", embed_options="dark_theme", **{HOSTILE: HOSTILE})
    (warning,) = at.warning
    assert HOSTILE in as_shown(warning.value)
    assert not any(sign in warning.value for sign in ("embed", "![", "](", " $", "**"))
    assert not at.error and not at.info
