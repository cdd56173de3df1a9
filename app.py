"""The entry point of the app: `streamlit run app.py`."""

import streamlit as st

from pages import assets
from pages.live.base_path import base_path

base = base_path()
try:
    from nnlib.runs.server.routes import Runs

    runs = Runs(base)
except ValueError as error:  # an invalid limit in the environment
    raise SystemExit(f"Backprop Lab cannot start. {error}") from None
app = st.App(
    "pages/navigation.py",
    routes=[*runs.routes, *assets.routes(base)],
    lifespan=lambda app: runs.lifespan(),
)
