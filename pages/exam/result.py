"""The result of an exam that is over: points, what was wrong, and the right answers."""

import streamlit as st

from nnlib.teaching.bug_lab import problem
from nnlib.teaching.bugs import Bug, bug_named
from nnlib.teaching.exam import (
    BUG_POINTS,
    DIFFERENT_SIZES,
    LISTING_POINTS,
    MOST_POINTS,
    POINTS_PER_CORRECTION,
    POINTS_PER_GRADIENT,
    POINTS_PER_LINE,
    BugMark,
    ListingMark,
)
from nnlib.teaching.listing import LISTING, PARAMETERS
from pages.lesson.exam_marks import in_one_line, limit, marks_of, time_taken
from pages.lesson.listing_hint import listing_hint
from pages.lesson.progress import Exam, progress


def result(exam: Exam) -> None:
    """Draw it."""
    marks = marks_of(exam)
    st.header(f"Result: {marks.points} of {MOST_POINTS} points", anchor=False)
    st.markdown(f"{'Handed in' if exam.handed_in else 'Your time was over'} after {time_taken(exam)}, {limit(exam.minutes)}.")
    st.subheader(f"Backward pass: {marks.listing.points} of {LISTING_POINTS} points", anchor=False)
    _backward_pass(exam.listing, marks.listing)
    st.subheader(f"Bugs: {marks.bug_points} of {BUG_POINTS} points", anchor=False)
    st.markdown("The number of the wrong line counts one point, and so does the right line in its place.")
    for number, (bug, mark) in enumerate(marks.bugs.items(), 1):
        _bug(number, bug_named(bug), mark, exam.lines.get(bug), exam.corrections.get(bug, ""))


def earlier_exams(latest: Exam) -> None:
    """List the exams before the latest."""
    earlier = [exam for exam in progress().exams.values() if exam is not latest]
    if earlier:
        st.header("Earlier exams", anchor=False)
        st.markdown("\n".join(f"- {in_one_line(exam)}" for exam in earlier))


def _backward_pass(text: str, mark: ListingMark):
    verdicts = [_verdict(name, mark) for name in PARAMETERS]
    st.markdown("\n".join(f"- `d{name}`: {verdict}" for name, verdict in zip(PARAMETERS, verdicts)))
    for error in mark.errors:
        if error.line:
            st.warning(f"{error} So this line was left out.", icon=":material/cancel:")
    if hint := listing_hint(mark.checked, problem(*DIFFERENT_SIZES)):
        st.info(hint, icon=":material/lightbulb:")
    mine, right = st.columns(2)
    with mine:
        st.markdown("**Yours**")
        if text.strip():
            st.code(text, language=None, line_numbers=True)
        else:
            st.caption("Nothing was written.")
    with right:
        st.markdown("**One that is right**")
        st.code("\n".join(LISTING), language=None, line_numbers=True)


def _verdict(name, mark):
    if name not in mark.checked:
        return "0 points, no line sets it."
    if not mark.checked[name].shape_fits:
        return "0 points, its shape is wrong."
    if not mark.checked[name].agrees:
        return "0 points, it does not agree with central differences."
    return f"{POINTS_PER_GRADIENT} points, it agrees with central differences."


def _bug(number: int, bug: Bug, mark: BugMark, line: int | None, correction: str):
    full = mark.points == POINTS_PER_LINE + POINTS_PER_CORRECTION
    title = f"{number} {bug.title}: {mark.points} of {POINTS_PER_LINE + POINTS_PER_CORRECTION} points"
    with st.expander(title, expanded=not full, icon=":material/check_circle:" if full else ":material/cancel:"):
        st.code("\n".join(bug.listing), language=None, line_numbers=True)
        if not line:
            st.markdown("You named no line.")
        else:
            st.markdown(f"You named line {line}, {'and that is the bug' if mark.named else 'but that line is right'}.")
        if correction.strip():
            st.markdown(f"You wrote:{'' if mark.corrected else f' {mark.remark}'}")
            st.code(correction, language=None, wrap_lines=True)
        (wrong,) = bug.faulty_lines
        st.markdown(f"**Line {wrong} is wrong.** {bug.why} Right:")
        st.code(bug.cure, language=None, wrap_lines=True)
