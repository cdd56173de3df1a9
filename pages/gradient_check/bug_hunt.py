"""Part 4: the bug lab. The learner sees an error pattern and a faulty listing, and guesses the wrong line."""

import random

import numpy as np
import streamlit as st

from nnlib.support.number_text import decimal
from nnlib.teaching.bug_lab import LEARNING_RATE, REG, SIZE, STEPS, problem, problem_of, training_losses
from nnlib.teaching.bugs import BUGS, Bug, bug_named
from nnlib.teaching.listing import LISTING, check
from pages.classroom.membership import record
from pages.lesson.error_table import error_tables
from pages.lesson.prediction import COMMIT, predict
from pages.lesson.progress import generation, progress, save_progress
from pages.lesson.scroll import ask_to_scroll, feedback, scroll_to
from pages.ui.bound_widget import bound

SHOWN = "bugs_shown"  # ids of the bugs whose answer the learner asked for
ON_VIEW, VERDICT = "bug_on_view", "bug_verdict"  # keys of containers
NUMBERS = range(1, len(BUGS) + 1)


@st.fragment
def bug_hunt() -> None:
    """Draw the part."""
    st.markdown(
        f"Each of these {len(BUGS)} backward passes contains a common mistake, in one line or in several. The network has "
        f"$N = D = H = K = {SIZE}$ and $\\lambda = {REG}$. Because all sizes are equal, every line runs, and the shapes hardly "
        "ever show the mistake."
    )
    if not predict(
        "bugs_train",
        f"Gradient descent with each of the {len(BUGS)} faulty gradients, {STEPS} steps. How many of them "
        "reduce the loss to less than half of its first value?",
        ["None", "A few", "Most"],
        "Most",
        f"{sum(bug.trains for bug in BUGS)} of {len(BUGS)} do. So a falling loss does not prove that a gradient is right. A "
        f"check does.",
    ):
        return
    with st.container(key=ON_VIEW):
        number = _choose()
        found = st.empty()  # filled last, because the guess may change it
        bug = BUGS[number - 1]
        errors, listing = st.columns([6, 5], gap="large")
        with errors:
            _pattern(bug)
        with listing, st.container(key="bug_listing"):
            _guess(bug)
        found.caption(_found_text())
    st.page_link(
        "convolution/page.py",
        label="Lesson 5 has two bugs of a convolution",
        icon=":material/arrow_forward:",
        query_params={"part": "find-the-bug"},
    )
    scroll_to(ON_VIEW)


def _choose():
    """The number of the bug on view."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = bound(st.selectbox, "Bug", NUMBERS, key="bug", width=100)
        st.button("Next", icon=":material/arrow_forward:", on_click=_go, args=(number % len(BUGS) + 1,), key="next_bug")
        left = _left(number)
        st.button(
            "Surprise me",
            icon=":material/casino:",
            on_click=_surprise,
            args=(left,),
            disabled=not left,
            key="surprise",
            help="Choose a bug that you have not found yet.",
        )
    return number


def _left(number):
    """The numbers of the other bugs that are not found, from this one on."""
    in_turn = [*NUMBERS[number:], *NUMBERS[: number - 1]]
    return [each for each in in_turn if BUGS[each - 1].id not in progress().bugs]


def _found_text():
    titles = [f"{number} {bug.title}" for number, bug in enumerate(BUGS, start=1) if bug.id in progress().bugs]
    return f"Found: {len(titles)} of {len(BUGS)}" + (f" ({'; '.join(titles)})" if titles else "")


def _go(number):
    st.session_state["bug"] = number


def _go_up(number):
    _go(number)
    ask_to_scroll(ON_VIEW)


def _surprise(left):
    _go(random.choice(left))


def _pattern(bug):
    start = problem_of(bug)
    st.markdown("**Result of the check.** Relative error of each entry, compared with central differences:")
    error_tables(check(bug.listing, start.net, start.X, start.y, start.reg))
    if bug.overflows:
        st.caption(
            "For this bug, the bias of class 4 is large: its logits are near 800, and it is the right class of every example."
        )


def _guess(bug):
    revealed = st.session_state.setdefault(SHOWN, set())
    found = bug.id in progress().bugs
    with st.form(f"form_guess_{bug.id}", border=False):
        guess = st.radio(
            "Which line is wrong? If there are several, choose any of them.",
            range(1, len(bug.listing) + 1),
            index=bug.faulty_lines[0] - 1 if found else None,  # found on an earlier visit
            format_func=lambda line: f"{line}  `{bug.listing[line - 1]}`",
            key=_field(bug),
            persist_state="session",
        )
        st.form_submit_button(COMMIT, on_click=_guessed, args=(bug,))
    right = guess in bug.faulty_lines
    with feedback(VERDICT):
        if right or found or bug.id in revealed:
            _explanation(bug, right or found)
            _next_bug(bug)
        else:
            if guess is not None:
                st.warning(_not_this_line(bug, guess), icon=":material/cancel:")
            st.button(
                "Show me",
                icon=":material/visibility:",
                type="tertiary",
                key=f"show_{bug.id}",
                on_click=revealed.add,
                args=(bug.id,),
            )
    if right and not found and bug.id not in revealed:
        progress().record_bug(bug.id)
        save_progress()


def _field(bug):
    return f"guess_{bug.id}_{generation()}"


def _guessed(bug):
    ask_to_scroll(VERDICT)
    if (guess := st.session_state[_field(bug)]) is not None:
        right = guess in bug.faulty_lines
        message = "" if right else _not_this_line(bug, guess)
        record("exercise", f"Bug lab, bug {BUGS.index(bug) + 1}", f"line {guess}", right, message)


def _explanation(bug: Bug, right):
    lines = " or ".join(map(str, bug.faulty_lines))
    verdict = f"**Right. {bug.title}.**" if right else f"**Line {lines}. {bug.title}.**"
    (st.success if right else st.info)(
        f"{verdict} {bug.why}", icon=":material/check_circle:" if right else ":material/lightbulb:"
    )
    st.markdown("Correct:")
    st.code(bug.cure, language=None, wrap_lines=True)
    st.markdown(f"**What the errors show.** {bug.pattern}")
    st.markdown(f"**What training does with it.** {_training_text(*_ends(bug.id))} {bug.training}")


def _next_bug(bug):
    if left := _left(BUGS.index(bug) + 1):
        st.button("Next bug", icon=":material/arrow_forward:", key="next_unfound", on_click=_go_up, args=(left[0],))


def _not_this_line(bug, guess):
    """Why the guessed line is right."""
    name = bug.listing[guess - 1].split()[0]
    if name.startswith("dW") or name.startswith("db"):
        if name[1:] not in bug.wrong:
            return f"`{name}` agrees with the differences, so this line is right. Look for the gradients that are wrong."
        return f"Line {guess} itself is right. `{name}` is wrong because it uses a wrong value: look at the lines above."
    return f"Line {guess} is right. Go back from each wrong gradient: which lines does it depend on?"


@st.cache_data(show_spinner=False)
def _ends(bug_id):
    """(loss at the start, loss at the end with the bug, loss at the end with the right lines)."""
    bug = bug_named(bug_id)
    faulty = training_losses(bug.listing, problem_of(bug))
    return faulty[0], faulty[-1], _right_end(bug.overflows)


@st.cache_data(show_spinner=False)
def _right_end(overflowing):
    """The loss at the end with the right lines."""
    return training_losses(LISTING, problem(overflowing=overflowing))[-1]


def _training_text(start, end, right):
    ending = f"goes to {decimal(end, 2)}" if np.isfinite(end) else "grows beyond all limits"
    return (
        f"In {STEPS} steps of gradient descent with learning rate {LEARNING_RATE}, the loss starts at {decimal(start, 2)} and "
        f"{ending}. With the right lines it goes to {decimal(right, 2)}."
    )
