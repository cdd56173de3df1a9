"""Tuning as AppTest opens it."""

from streamlit.testing.v1 import AppTest


def open_page(**parameters):
    """Open the page by a link with these parameters."""
    at = AppTest.from_file("../../../pages/navigation.py", default_timeout=30)
    at.run()
    at.switch_page("tuning/page.py")
    for name, value in parameters.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at
