"""Home, first version."""
import streamlit as st
st.title("Backprop Lab")
if st.button("Open the live page", type="primary", key="open_train"):
    st.switch_page("train.py")
