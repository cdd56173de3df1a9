"""The path under which the app is served: what the addresses of its own files begin with."""

import streamlit as st


def base_path() -> str:
    """ "" where the app has a host to itself, else such as "/lab"."""
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"/{base}" if base else ""
