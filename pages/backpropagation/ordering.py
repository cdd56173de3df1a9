"""Part "In code": the lines of the backward pass are put in order, and false ones are left out."""

import streamlit as st

from nnlib.teaching.listing import LISTING
from nnlib.teaching.ordering import FALSE, check_order, lines_to_order
from pages.classroom.membership import record
from pages.lesson.progress import Ordering, progress, save_progress
from pages.lesson.scroll import ask_to_scroll, feedback

ATTEMPTS = 3  # after which a false line can be taken away
CHANGED = "ordering_changed"  # in the session's state if there is progress that is not saved yet
CHOSEN = "ordering_chosen"  # key of the list
VERDICT = "ordering_verdict"  # key of its container
TASK = "Put the backward pass in order"
CODE = """<style>
.st-key-ordering :is(button, [data-testid="stRadio"]) code {
  font-size: 0.95rem; padding: 0 0 0 0.3em; background: none; color: inherit;
}
</style>"""


@st.fragment
def ordering() -> None:
    """Draw the task."""
    st.header(TASK, anchor=False)
    task = progress().ordering
    lines = [line for line in lines_to_order(task.seed) if line not in task.removed]
    false = sum(line in FALSE for line in lines)
    st.markdown(
        f"{len(LISTING)} of these lines are the backward pass of the two-layer network, with the penalty. The others, {false}, "
        "are false: leave them out. Choose the lines one after the other. Each can be moved and taken out again."
    )
    with st.container(key="ordering"):
        there, mine = st.columns(2, gap="large")
        with there:
            _lines_to_choose(task, lines)
        with mine:
            _own_order(task, lines)
        st.html(CODE)
    if st.session_state.pop(CHANGED, False):
        save_progress()


def _change(change):
    """The callback of a button: it changes the task, and the progress is to be saved."""

    def changed(*arguments):
        change(progress().ordering, *arguments)
        st.session_state[CHANGED] = True

    return changed


def _lines_to_choose(task, lines):
    st.markdown("**Lines**")
    with st.container(gap="xxsmall"):
        for number, line in enumerate(lines):
            used = line in task.order
            icon = ":material/check:" if used else ":material/add:"
            st.button(f"`{line}`", key=f"ordering_{number}", icon=icon, disabled=used, on_click=_change(_add), args=(line,))


def _add(task, line):
    """Put a line after the chosen one."""
    place = _place(task) + 1
    task.order.insert(place, line)
    st.session_state[CHOSEN] = line


def _place(task):
    """The place of the chosen line."""
    chosen = st.session_state.get(CHOSEN)
    return task.order.index(chosen) if chosen in task.order else len(task.order) - 1


def _own_order(task, lines):
    st.markdown("**Your backward pass**")
    if not task.order:
        st.caption("Nothing yet. Which line comes first?")
        return
    if st.session_state.get(CHOSEN) not in task.order:
        st.session_state[CHOSEN] = task.order[-1]
    st.radio(
        "Your lines, one of them chosen",
        task.order,
        key=CHOSEN,
        format_func=lambda line: f"{task.order.index(line) + 1}  `{line}`",
        label_visibility="collapsed",
    )
    with st.container(horizontal=True, gap="small", key="ordering_moves"):
        st.button("Up", icon=":material/arrow_upward:", key="ordering_up", on_click=_change(_move), args=(-1,))
        st.button("Down", icon=":material/arrow_downward:", key="ordering_down", on_click=_change(_move), args=(1,))
        st.button("Take out", icon=":material/close:", key="ordering_out", on_click=_change(_take_out))
    st.button("Check the order", icon=":material/play_arrow:", type="primary", key="ordering_check", on_click=_change(_check))
    with feedback(VERDICT):
        if task.checked == task.order:
            _verdict(task, lines)


def _move(task, by):
    place = _place(task)
    to = max(0, min(len(task.order) - 1, place + by))
    task.order.insert(to, task.order.pop(place))


def _take_out(task):
    place = _place(task)
    task.order.pop(place)
    st.session_state[CHOSEN] = task.order[max(0, place - 1)] if task.order else None


def _check(task):
    ask_to_scroll(VERDICT)
    task.checked = [*task.order]
    task.attempts += 1
    found = check_order(task.order)
    record("exercise", TASK, "\n".join(task.order), found.right, found.message)
    if found.right and not task.solved:
        task.solved = True
        progress().ordered += not task.removed


def _verdict(task, lines):
    found = check_order(task.order)
    if found.right:
        st.success(found.message, icon=":material/check_circle:")
        st.button("Again, with other false lines", icon=":material/casino:", on_click=_change(_again))
        return
    st.warning(found.message, icon=":material/cancel:")
    false = [line for line in lines if line in FALSE]
    if task.attempts >= ATTEMPTS and false:
        st.button(
            "Take a false line away", icon=":material/visibility:", type="tertiary", on_click=_change(_help), args=(false,)
        )


def _help(task, false):
    """Take away a false line, first one that the learner has chosen."""
    line = next((line for line in false if line in task.order), false[0])
    task.removed.append(line)
    if line in task.order:
        task.order.remove(line)
    task.attempts = 0


def _again(task):
    progress().ordering = Ordering(task.seed + 1)
