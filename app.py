"""The door: `streamlit run app.py`."""

import streamlit as st

from pages import assets

base = st.get_option("server.baseUrlPath").strip("/")
base = f"/{base}" if base else ""
try:
    from nnlib.runs.server.routes import Runs

    runs = Runs(base)
except ValueError as error:  # a limit in the environment that is none
    raise SystemExit(f"Backprop Lab cannot start. {error}") from None
app = st.App(
    "pages/navigation.py",
    routes=[*runs.routes, *assets.routes(base)],
    lifespan=lambda app: runs.lifespan(),
)
