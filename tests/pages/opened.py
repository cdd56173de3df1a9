"""A page of the app as AppTest opens it."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.patience import PATIENCE

NAVIGATION = Path(__file__).parents[2] / "pages" / "navigation.py"


def opened(page, **parameters):
    """Open the page "train", "depth", … by a link with these parameters."""
    at = AppTest.from_file(NAVIGATION, default_timeout=PATIENCE).run()
    at.switch_page(f"{page}/page.py")
    for name, value in parameters.items():
        at.query_params[name] = str(value)
    at.run()
    assert not at.exception
    return at
