"""Part 5: the learner writes a backward pass into an empty field, and has it checked."""

import numpy as np
import streamlit as st

from nnlib.gradient_check import gradient_check
from nnlib.teaching.bug_lab import problem
from nnlib.teaching.bugs import bug_named
from nnlib.teaching.listing import GIVEN, LISTING, ListingError, check, gradients
from pages.lesson.error_table import error_tables, verdict
from pages.lesson.listing_editor import listing_editor
from pages.lesson.listing_hint import listing_hint
from pages.lesson.prediction import predict
from pages.lesson.progress import LISTING_AGREES, generation, progress
from pages.lesson.scroll import ask_to_scroll, feedback
from pages.ui.address import named_in_address, write_address
from pages.ui.bound_widget import bound
from pages.ui.source_view import source_view

SIZES = {"different": (5, 4, 6, 3), "equal": (4, 4, 4, 4)}  # N, D, H, K
SIZE_NAMES = {name: f"{name}: {'-'.join(map(str, sizes))}" for name, sizes in SIZES.items()}
LINES_OF_LINKS = [f"line{number}" for number in range(1, len(LISTING) + 3)]  # links from before there was one field
# In the session's state: the text checked last, and texts that are not the learner's own, of a link and of the button.
CHECKED, LINKED, FILLED_IN = "own_listing_checked", "own_listing_linked", "own_listing_filled_in"
RESULTS = "own_listing_results"  # key of their container


def own_listing() -> None:
    """Draw the part."""
    st.markdown(
        "Write the backward pass of the two-layer network, and run the check. "
        f"Known before line 1: {', '.join(f'`{name}`' for name in GIVEN)}. "
        "Begin with the probabilities `psi`, and end with the four gradients of $\\tilde J$: `dW1`, `db1`, `dW2` and `db2`."
    )
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
    _open_link()
    if _field() not in st.session_state and progress().listing:  # restored: with its verdict
        st.session_state.setdefault(_key(CHECKED), progress().listing)
    editor, results = st.columns([1, 1], gap="large")
    with editor:
        sizes = _editor()
    with results, feedback(RESULTS):
        _results(st.session_state.get(_key(CHECKED)), sizes)
    with st.container(horizontal=True):
        source_view(gradients)
        source_view(gradient_check)


def _key(name):
    """A key of the session's state. After "Delete my progress", there is another."""
    return f"{name}_{generation()}"


def _field():
    return _key("listing_own")


def _open_link():
    """Show and check the listing of a link. It replaces the learner's own only once it is changed."""
    named = named_in_address("own_listing", LINES_OF_LINKS)
    if named:
        lines = [named.get(name, right) for name, right in zip(LINES_OF_LINKS, [*LISTING, "", ""])]
        st.session_state[_key(LINKED)] = st.session_state[_key(CHECKED)] = "\n".join(lines).rstrip()
        st.session_state.pop(_field(), None)


def _editor():
    """Draw the field. Returns the sizes of the network."""
    sizes = bound(
        st.segmented_control,
        "Sizes N-D-H-K",
        list(SIZES),
        default="different",
        format_func=SIZE_NAMES.get,
        key="own_sizes",
        required=True,
    )
    listing_editor(_field(), st.session_state.get(_key(LINKED), progress().listing), _record)
    with st.container(horizontal=True):
        st.button("Run the check", icon=":material/play_arrow:", type="primary", shortcut="Ctrl+Enter", on_click=_check)
        st.button(
            "Fill in the right lines",
            icon=":material/visibility:",
            on_click=_fill,
            help="To change one and see what happens. They replace yours.",
        )
    return SIZES[sizes]


def _record(text):
    progress().listing = text
    st.session_state.pop(_key(LINKED), None)
    write_address(dict.fromkeys(LINES_OF_LINKS))


def _check():
    st.session_state[_key(CHECKED)] = st.session_state[_field()]
    ask_to_scroll(RESULTS)


def _fill():
    st.session_state[_field()] = st.session_state[_key(FILLED_IN)] = "\n".join(LISTING)
    _record(st.session_state[_field()])
    _check()


def _results(text, sizes):
    """Show what the check says about the lines that it ran on last."""
    if not text or not text.strip():
        st.info("Nothing to check yet. Which line comes first?", icon=":material/edit:")
        return
    if text != st.session_state.get(_field(), text):
        st.info("Changed since the last check. Run it again.", icon=":material/edit:")
        return
    lines, start = text.split("\n"), problem(*sizes)
    try:
        checked = check(lines, start.net, start.X, start.y, start.reg)
    except ListingError as error:
        st.error(str(error), icon=":material/error:")
        if error.line:
            st.code(lines[error.line - 1], language=None, wrap_lines=True)
        return
    wrong = frozenset(name for name, each in checked.items() if not each.agrees)
    if wrong:
        found = [f"`d{name}` {verdict(each)}" for name, each in checked.items() if name in wrong]
        st.warning(f"**Not right yet:** {'; '.join(found)}.", icon=":material/cancel:")
        st.markdown(listing_hint(checked, start))
    else:
        st.success("**All four gradients agree** with central differences, entry by entry.", icon=":material/check_circle:")
        _remark_on_overflow(lines, sizes)
        if text not in (st.session_state.get(_key(LINKED)), st.session_state.get(_key(FILLED_IN))):
            progress().record_task(LISTING_AGREES)
    error_tables(checked)


def _remark_on_overflow(lines, sizes):
    start = problem(*sizes, overflowing=True)
    try:
        found = gradients(lines, start.net, start.X, start.y, start.reg)
        overflows = not all(np.isfinite(each).all() for each in found.values())
    except ListingError:  # of exp or log, whose result is too large
        overflows = True
    if overflows:
        st.info(bug_named("overflow").why, icon=":material/lightbulb:")
