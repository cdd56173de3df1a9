"""Part 4: the bug lab. An error pattern, a listing with one slip, and a guess."""

import random

import numpy as np
import streamlit as st

from nnlib.support.number_text import decimal
from nnlib.teaching.bug_lab import LEARNING_RATE, REG, SIZE, STEPS, problem_of, training_losses
from nnlib.teaching.bugs import BUGS, Bug, bug_named
from nnlib.teaching.listing import LISTING, check
from pages.gradient_check.error_table import error_tables
from pages.lesson.prediction import predict
from pages.lesson.progress import generation, keep, progress

SHOWN = "bugs_shown"  # ids whose answer was asked for
NUMBERS = range(1, len(BUGS) + 1)
# Streamlit writes code smaller than text: here it is what there is to read, on a projector too.
LARGE_CODE = """<style>
.st-key-bug_listing :is([data-testid="stRadio"] code, [data-testid="stCode"] code) { font-size: 1.05rem; }
.st-key-bug_listing [data-testid="stRadio"] code { padding-inline: 0.3em; background: none; color: inherit; }
</style>"""


def bug_hunt():
    st.markdown(
        f"Each of these {len(BUGS)} backward passes has a slip of the kind that everybody makes, in one line or in more. They "
        f"run on a network with $N = D = H = K = {SIZE}$ and $\\lambda = {REG}$: where all sizes are equal, every line runs, "
        "and a shape hardly ever gives a slip away."
    )
    if not predict(
        "bugs_train",
        f"Gradient descent with each of the {len(BUGS)} faulty gradients, {STEPS} steps. How many of them "
        "bring the loss down to less than half?",
        ["None", "A few", "Most"],
        "Most",
        "16 of 19 do. A falling loss is no proof that a gradient is right, which is why it is checked.",
    ):
        return
    number = _choose()
    found = st.empty()  # written last: the guess may add to it
    bug = BUGS[number - 1]
    errors, listing = st.columns([6, 5], gap="large")
    with errors:
        _pattern(bug)
    with listing, st.container(key="bug_listing"):
        _guess(bug)
        st.html(LARGE_CODE)
    found.caption(_found_told())


def _choose():
    """The number of the bug on view."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox("Bug", NUMBERS, key="bug", bind="query-params", persist_state="session", width=100)
        st.button("Next", icon=":material/arrow_forward:", on_click=_go, args=(number % len(BUGS) + 1,), key="next_bug")
        left = [each for each in NUMBERS if each != number and BUGS[each - 1].id not in progress().bugs]
        st.button(
            "Surprise me",
            icon=":material/casino:",
            on_click=_surprise,
            args=(left,),
            disabled=not left,
            key="surprise",
            help="One that you have not found yet.",
        )
    return number


def _found_told():
    titles = [f"{number} {bug.title}" for number, bug in enumerate(BUGS, start=1) if bug.id in progress().bugs]
    return f"Found: {len(titles)} of {len(BUGS)}" + (f" ({'; '.join(titles)})" if titles else "")


def _go(number):
    st.session_state["bug"] = number


def _surprise(left):
    _go(random.choice(left))


def _pattern(bug):
    start = problem_of(bug)
    st.markdown("**What the check says.** Relative error of each entry against central differences:")
    error_tables(check(bug.listing, start.net, start.X, start.y, start.reg))
    if bug.overflows:
        st.caption(
            "For this one, the bias of class 4 is large: its logits are near 800, and it is the right class of every example."
        )


def _guess(bug):
    given_up = st.session_state.setdefault(SHOWN, set())
    guess = st.radio(
        "**Which line is wrong?** Where more than one is, any of them.",
        range(1, len(bug.listing) + 1),
        index=None,
        format_func=lambda line: f"{line}  `{bug.listing[line - 1]}`",
        key=f"guess_{bug.id}_{generation()}",
        persist_state="session",
    )
    right, found = guess in bug.faulty_lines, bug.id in progress().bugs
    if right or found or bug.id in given_up:
        _explained(bug, right or found)
    else:
        if guess is not None:
            st.warning(_not_this_line(bug, guess), icon=":material/cancel:")
        st.button(
            "Show me",
            icon=":material/visibility:",
            type="tertiary",
            key=f"show_{bug.id}",
            on_click=given_up.add,
            args=(bug.id,),
        )
    if right and not found and bug.id not in given_up:
        progress().solve_bug(bug.id)
        keep()


def _explained(bug: Bug, right):
    lines = " or ".join(map(str, bug.faulty_lines))
    verdict = f"**Right. {bug.title}.**" if right else f"**Line {lines}. {bug.title}.**"
    (st.success if right else st.info)(
        f"{verdict} {bug.why}", icon=":material/check_circle:" if right else ":material/lightbulb:"
    )
    st.markdown("As it should be:")
    st.code(bug.cure, language=None, wrap_lines=True)
    st.markdown(f"**How the errors give it away.** {bug.pattern}")
    st.markdown(f"**What training makes of it.** {_training_told(*_ends(bug.id))} {bug.training}")


def _not_this_line(bug, guess):
    """What speaks for the line that was guessed."""
    name = bug.listing[guess - 1].split()[0]
    if name.startswith("dW") or name.startswith("db"):
        if name[1:] not in bug.wrong:
            return f"`{name}` agrees with the differences, so this line does its work. Look at what is wrong."
        return f"Line {guess} is right in itself. `{name}` is wrong because something that it uses is: look further up."
    return f"Line {guess} is as it should be. Which lines do the wrong gradients share, and which do the right ones vouch for?"


@st.cache_data(show_spinner=False)
def _ends(bug_id):
    """(loss at the start, loss at the end with the bug, loss at the end with the right lines)."""
    bug = bug_named(bug_id)
    start = problem_of(bug)
    faulty, right = training_losses(bug.listing, start), training_losses(LISTING, start)
    return faulty[0], faulty[-1], right[-1]


def _training_told(start, end, right):
    ending = f"goes to {decimal(end, 2)}" if np.isfinite(end) else "leaves all bounds"
    return (
        f"{STEPS} steps of gradient descent with learning rate {LEARNING_RATE}: from {decimal(start, 2)} the loss {ending}; "
        f"with the right lines it goes to {decimal(right, 2)}."
    )
