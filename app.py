"""The door: `streamlit run app.py`."""

import streamlit as st

from nnlib.runs.routes import Runs
from pages.shared import assets

base = st.get_option("server.baseUrlPath").strip("/")
base = f"/{base}" if base else ""
try:
    runs = Runs(base)
except ValueError as error:
    raise SystemExit(f"Backprop Lab cannot start. {error}") from None
app = st.App(
    "pages/navigation.py",
    routes=[*runs.routes, *assets.routes(base)],
    lifespan=lambda app: runs.lifespan(),
)
