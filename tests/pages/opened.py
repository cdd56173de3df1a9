"""A page of the app as AppTest opens it."""

from functools import cache
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.patience import PATIENCE

NAVIGATION = Path(__file__).parents[2] / "pages" / "navigation.py"


@cache
def pages():
    """The app's pages by their hashes. An AppTest knows them only after a run, of Home, which no test of another page needs."""
    return AppTest.from_file(NAVIGATION, default_timeout=PATIENCE).run()._registered_pages


def opened(page, **parameters):
    """Open the page "train", "depth", … by a link with these parameters."""
    at = AppTest.from_file(NAVIGATION, default_timeout=PATIENCE)
    at._registered_pages = pages()
    at.switch_page(f"{page}/page.py")
    for name, value in parameters.items():
        at.query_params[name] = str(value)
    at.run()
    assert not at.exception
    return at
