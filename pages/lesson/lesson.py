"""The frame of a lesson: its aims, one part at a time, exercises, what to remember, and the link to the next page."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from nnlib.practice import number_exercises
from nnlib.symbolic import exercises
from pages.lesson.browser_storage import store_in_browser
from pages.lesson.essentials import missing
from pages.lesson.exercise_card import exercise_card
from pages.lesson.exercise_count import exercise_count
from pages.lesson.lessons import EXERCISES, LESSONS, slug, titled
from pages.lesson.number_card import number_card
from pages.lesson.part_on_view import PARAMETER, choose_part, chosen, part_on_view, show_part
from pages.lesson.progress import generation, progress
from pages.lesson.progress_tools import download, progress_tools
from pages.lesson.scroll import ask_to_scroll, scroll_to
from pages.ui.address import notes, unknown_in_address
from pages.ui.messages import show_messages

WIDTH = 1040  # pixels, as on Home
PARTS = "lesson_parts"  # key of the container where the parts start


def lesson(
    key: str,
    able: Sequence[str],
    parts: Mapping[str, Callable[[], None]],
    remember: Sequence[str],
    onward: tuple[str, str],
    messages: Sequence[str] = (),
    after: Callable[[], None] = lambda: None,
) -> None:
    """Draw a lesson.

    Parameters
    ----------
    key : of the lesson: also its path, and the lesson of its exercises
    able : aims, each completing the sentence "You will be able to"
    parts : name of a part → the function that draws it; one is on view at a time, and the exercises follow the last
    remember : what to remember, point by point
    onward : the script of the next page, and the text of its link
    messages : what was wrong with the link's choices
    after : draws what follows the exercises
    """
    names = {slug(name): name for name in [*parts, EXERCISES]}
    about = next(each for each in LESSONS if each.key == key)
    part = part_on_view(key, list(names), about.today)
    if chosen(key):
        progress().record_place(key, part)
    _record_if_done(key, part)  # before the ticks are drawn
    st.session_state["lesson"] = key  # predict() records it

    tools = st.container(key="header_progress")  # early on the page, as it is on the screen; filled at the end
    with st.container(width=WIDTH):
        heading, summary = st.columns([3, 2], vertical_alignment="bottom")
        heading.title(titled(about), anchor=False)
        summary = summary.empty()
        show_messages([*notes(), *unknown_in_address(f"{PARAMETER}|{about.parameters}"), *messages])
        if part == next(iter(names)):
            st.markdown("**You will be able to**\n" + "".join(f"\n- {sentence}" for sentence in able))
        with st.container(key=PARTS):
            choose_part(key, part, _ticked(key, names), "Part of the lesson")
        with st.container(key=f"part_{key}_{part}"):  # a key for each part, so that Streamlit reuses no element of another
            st.header(names[part], anchor=False)
            if names[part] == EXERCISES:
                _exercises(key)
                _sentences(remember)
                after()
            else:
                parts[names[part]]()
            if _record_if_done(key, part):  # only now: an exercise has just been solved
                st.rerun()
            _what_is_missing(key, part)
            _back_and_next(key, part, names, onward)
        summary.caption(_summary(key, part, names), text_alignment="right")
    scroll_to(PARTS)
    with tools:
        progress_tools()
    store_in_browser()


def _record_if_done(key, part):
    """Whether the part is done now, and was not before."""
    new = part not in progress().done.get(key, []) and not missing(key, part)
    if new:
        progress().record_done(key, part)
    return new


def _what_is_missing(key, part):
    """A line on what the learner has still to do. A part that an older version called done stays so."""
    if part in progress().done.get(key, []):
        st.caption(":material/check: This part is done.")
    else:
        st.markdown(f":material/flag: **To finish this part:** {'; '.join(missing(key, part))}. “Next” leaves it for later.")


def _ticked(key, names):
    """The names of the parts, those that are done with a tick."""
    done = progress().done.get(key, [])
    return {each: f"{name} ✓" if each in done else name for each, name in names.items()}


def _back_and_next(key, part, names, onward):
    slugs = list(names)
    at = slugs.index(part)

    def go(to):
        show_part(key, to)
        ask_to_scroll(PARTS)

    with st.container(horizontal=True, horizontal_alignment="distribute", key="lesson_ways"):
        if at > 0:
            st.button("Back", icon=":material/arrow_back:", key=f"back_{key}", on_click=go, args=(slugs[at - 1],))
        if at + 1 < len(slugs):
            to = slugs[at + 1]
            kind = "primary" if part in progress().done.get(key, []) else "secondary"
            st.button(f"Next: {names[to]}", type=kind, key=f"next_{key}", on_click=go, args=(to,))
        else:
            st.page_link(onward[0], label=onward[1], icon=":material/arrow_forward:")


def _exercises(key):
    st.caption("What you answer wrong, or mark as a guess, comes back for review on Home.")
    badges = f"badges_{key}_{generation()}"
    formulas = [each for each in exercises() if each.lesson == key]
    numeric = [each for each in number_exercises() if each.lesson == key]
    solved = {each.id for each in [*formulas, *numeric] if _solved(each.id)}
    first = next((each.id for each in [*formulas, *numeric] if each.id not in solved), None)
    marked = st.session_state.setdefault(badges, solved)
    for number, exercise in enumerate(formulas, 1):
        _folded(number, exercise, exercise_card, first, exercise.id in marked)
    st.header("With numbers", anchor=False)
    st.markdown("Solve these by hand, with a pocket calculator. The numbers are your own: other learners have others.")
    for number, exercise in enumerate(numeric, len(formulas) + 1):
        _folded(number, exercise, number_card, first, exercise.id in marked)
    download("exercises")
    if marked != solved:  # only now, below its verdict, the exercise that was just solved gets its badge
        st.session_state[badges] = solved
        st.rerun()


def _solved(exercise):
    return (progress().numbers.get(exercise) or progress().work(exercise)).solved_once


def _folded(number, exercise, card, first, marked):
    """An exercise behind its title. The first that is not solved is open when the part is opened."""
    fold = f"fold_{exercise.id}_{generation()}"
    st.session_state[fold] = st.session_state.get(fold, exercise.id == first)  # again, because the title may have changed
    badge = "  :green-badge[:material/check_circle: Solved]" if marked else ""
    with st.expander(f"**{number} {exercise.title}**{badge}", key=fold, on_change="rerun") as content:
        card(exercise, content.open)


def _sentences(remember):
    st.header("To remember", anchor=False)
    st.markdown("\n".join(f"{number}. {sentence}" for number, sentence in enumerate(remember, 1)))


def _summary(key, part, names):
    """Where the learner is, and the progress in the lesson."""
    done = sum(each in names for each in progress().done.get(key, []))
    return (
        f"Part {list(names).index(part) + 1} of {len(names)}  \n{done} of {len(names)} parts done, "
        f"{exercise_count(progress(), key)} exercises solved"
    )
