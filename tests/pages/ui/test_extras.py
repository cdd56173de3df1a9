import pytest
from streamlit.testing.v1 import AppTest

import pages.ui.extras


@pytest.mark.parametrize("sentence", [None, "This needs torch."])
def test_a_missing_package_is_named_on_the_page(monkeypatch, sentence):
    monkeypatch.setattr(pages.ui.extras, "missing_extra", lambda package: sentence)
    app = AppTest.from_string(
        "import streamlit as st; from pages.ui.extras import installed; st.write(installed('torch'))"
    ).run()
    assert [info.value for info in app.info] == ([sentence] if sentence else [])
