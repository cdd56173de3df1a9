"""The forward pass."""

import streamlit as st

st.title("The forward pass")
