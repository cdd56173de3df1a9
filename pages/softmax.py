"""The softmax derivative."""

import streamlit as st

st.title("The softmax derivative")
