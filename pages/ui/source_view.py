"""The code of nnlib that implements a formula, shown in place."""

import inspect
from textwrap import dedent

import streamlit as st


def source_view(thing, formula: str = "", containing: str = ""):
    """A button that opens the source of a function or class, with its file and line.

    formula     LaTeX of what it implements
    containing  a piece of the line that matters most: shown by itself above the rest. ValueError where it occurs nowhere.
    """
    lines, first = inspect.getsourcelines(thing)
    path, name = f"{thing.__module__.replace('.', '/')}.py", thing.__qualname__
    with st.popover(f"The code: `{name}`", icon=":material/code:"):
        if formula:
            st.latex(formula)
        if containing:
            at = next((at for at, line in enumerate(lines) if containing in line), None)
            if at is None:
                raise ValueError(f"source_view: {name} has no line with {containing!r}")
            st.markdown(f"Line {first + at} of `{path}`")
            st.code(lines[at].strip(), language="python", wrap_lines=True)
        st.markdown(f"`{path}`, from line {first}")
        st.code(dedent("".join(lines)), language="python")
