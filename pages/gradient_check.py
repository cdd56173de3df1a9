"""The gradient check."""

import streamlit as st

st.title("The gradient check")
