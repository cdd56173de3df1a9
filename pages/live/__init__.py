"""The live view: the Streamlit component, the data it shows before a run, and its JavaScript modules in browser/."""
