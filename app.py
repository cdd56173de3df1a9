"""The door: `streamlit run app.py`."""

import streamlit as st

from nnlib.runs.routes import Runs
from pages.shared import assets

runs = Runs()
app = st.App(
    "pages/navigation.py",
    routes=[*runs.routes, *assets.routes],
    lifespan=lambda app: runs.lifespan(),
)
