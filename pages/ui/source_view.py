"""The code of nnlib that implements a formula, shown in place."""

import inspect
from collections.abc import Callable
from textwrap import dedent

import streamlit as st


def source_view(thing: Callable, formula: str = "", containing: str = "") -> None:
    """A button that opens the source of a function or class, with its file and line.

    Parameters
    ----------
    thing : the function or class
    formula : LaTeX of the formula that it implements
    containing : part of the most important line, which is also shown above the source

    Raises
    ------
    ValueError
        If no line contains it.
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
        st.code(dedent("".join(lines)), language="python", wrap_lines=True)
