"""The path under which the app is served."""

import streamlit as st


def base_path() -> str:
    """Return the beginning of the paths of the app's own files: "" at the root of a host, else for example "/lab"."""
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"/{base}" if base else ""
