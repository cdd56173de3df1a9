"""Part 5: the learner edits the lines of a backward pass and has them checked."""

import streamlit as st

from nnlib.gradient_check import gradient_check
from nnlib.teaching.bug_lab import problem
from nnlib.teaching.listing import GIVEN, LISTING, ListingError, check, gradients
from pages.gradient_check.error_table import error_tables, verdict
from pages.lesson.prediction import predict
from pages.ui.bound_widget import bound
from pages.ui.source_view import source_view

SPARE = 2  # empty lines at the end
LINES = (*LISTING, *[""] * SPARE)
LONGEST = 120  # characters of a line
SIZES = {"different": (5, 4, 6, 3), "equal": (4, 4, 4, 4)}  # N, D, H, K
SIZE_NAMES = {name: f"{name}: {'-'.join(map(str, sizes))}" for name, sizes in SIZES.items()}


@st.fragment
def own_listing():
    """Draw the part."""
    st.markdown("This is the backward pass of the two-layer network. Change any line, and run the check.")
    if not predict(
        "own_shapes",
        "Now all sizes differ: $N = 5$, $D = 4$, $H = 6$, $K = 3$. Which mistake gives an error because of its shapes, before "
        "any number is compared?",
        ["`dz3 @ W2` instead of `dz3 @ W2.T`", "`psi - Delta` without `/N`", "`lam*W2` instead of `2*lam*W2`"],
        "`dz3 @ W2` instead of `dz3 @ W2.T`",
        "The shapes 5×3 and 6×3 cannot be multiplied. The other two lines have the right shapes and wrong numbers, so only the "
        "check finds them. Check your own code with sizes that all differ.",
    ):
        return
    editor, results = st.columns([1, 1], gap="large")
    with editor:
        lines, sizes = _editor()
    with results:
        _results(lines, sizes)
    with st.container(horizontal=True):
        source_view(gradients)
        source_view(gradient_check)


def _editor():
    """The lines of the last run, and the sizes of the network."""
    with st.form("own_listing", border=False):
        sizes = bound(
            st.segmented_control,
            "Sizes N-D-H-K",
            list(SIZES),
            default="different",
            format_func=SIZE_NAMES.get,
            key="own_sizes",
            required=True,
        )
        lines = [_line(number, text) for number, text in enumerate(LINES, start=1)]
        with st.container(horizontal=True):
            st.form_submit_button("Run the check", icon=":material/play_arrow:", type="primary")
            st.form_submit_button("Reset", icon=":material/restart_alt:", on_click=_reset, help="Back to the right lines.")
    return lines, SIZES[sizes]


def _line(number, text):
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"own_line_{number}"):
        st.markdown(str(number), width=20)
        return bound(
            st.text_input,
            f"Line {number}",
            text,
            max_chars=LONGEST,
            key=_key(number),
            label_visibility="collapsed",
            autocomplete="off",
        )


def _key(number):
    return f"line{number}"


def _reset():
    for number, text in enumerate(LINES, start=1):
        st.session_state[_key(number)] = text


def _results(lines, sizes):
    start = problem(*sizes)
    try:
        checked = check(lines, start.net, start.X, start.y, start.reg)
    except ListingError as error:
        st.error(str(error), icon=":material/error:")
        st.markdown("Defined before line 1: " + ", ".join(f"`{name}`" for name in GIVEN) + ".")
        st.markdown(
            "A line defines a name, as `dW2 = …`, or changes it in place, as `dW2 += …`. `@` multiplies matrices, `*` "
            "multiplies entry by entry, `.T` transposes, and `sum(x, axis=0)` adds the rows of the batch."
        )
        return
    wrong = [f"`d{name}` {verdict(each)}" for name, each in checked.items() if not each.agrees]
    if wrong:
        st.warning(f"**Not right yet:** {'; '.join(wrong)}.", icon=":material/cancel:")
    else:
        st.success("**All four gradients agree** with central differences, entry by entry.", icon=":material/check_circle:")
    error_tables(checked)
