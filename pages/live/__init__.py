"""The live view: the Streamlit component, what it shows before a run, and its modules in JavaScript, in browser/."""
