"""Cross-entropy and the chain."""

import streamlit as st

st.title("Cross-entropy and the chain")
