"""The code of nnlib that implements a formula, shown in place."""

import inspect
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).parents[2]


def source_view(thing, formula: str = ""):
    """A button that opens the source of a function or class, with its file and line. formula: LaTeX of what it implements."""
    lines, first = inspect.getsourcelines(thing)
    path = Path(inspect.getsourcefile(thing)).relative_to(ROOT)
    with st.popover(f"{path}, line {first}", icon=":material/code:"):
        st.code("".join(lines), language="python")
