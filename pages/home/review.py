"""Review on Home: exercises that were answered wrong, or right by a guess, come back as variants, five minutes at a time."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from pages.lesson.progress import progress
from pages.lesson.scroll import ask_to_scroll, scroll_to

AT_A_TIME = timedelta(minutes=5)
STARTED = "review_started"  # in the session's state: when it started,
ITEM = "review_item"  # and the exercise on view
ON_VIEW = "review_on_view"  # key of the container of the section


def review() -> None:
    """Draw the section, if an exercise has been answered wrong, or right by a guess."""
    if not progress().reviews:
        return
    now = datetime.now(UTC)
    due = _due(now)
    started = st.session_state.get(STARTED)
    with st.container(key=ON_VIEW):
        st.header("Review", anchor=False)
        if started and due and (now - started < AT_A_TIME or ITEM in st.session_state):
            _item(due)
        elif due:
            _offer(len(due), after=bool(started))
        else:
            from nnlib.practice.review import due_at

            first = min(due_at(each.card) for each in progress().reviews.values())
            st.markdown(f"Nothing is due now. The next exercise comes back {_in_words(first - now)}.")
    scroll_to(ON_VIEW)


def _due(now):
    """The exercises that are due, the one that waits longest first."""
    from nnlib.practice.review import due_at

    times = {key: due_at(each.card) for key, each in progress().reviews.items()}
    return sorted((key for key, time in times.items() if time <= now), key=times.__getitem__)


def _offer(count, after):
    exercises = "1 exercise is" if count == 1 else f"{count} exercises are"
    st.markdown(
        f"{'That was five minutes. ' if after else ''}{exercises} due that you answered wrong, or right by a guess. They come "
        "back with other letters or numbers: right answers bring them back after days and weeks, wrong ones after minutes."
    )
    st.button("Review for five minutes", icon=":material/replay:", key="review_start", on_click=_start)


def _start():
    st.session_state[STARTED] = datetime.now(UTC)
    st.session_state.pop(ITEM, None)


def _item(due):
    """Draw the exercise on view. It stays until the learner goes on, so that the verdict can be read."""
    from nnlib.practice import number_exercises
    from pages.lesson.exercise_card import exercise_card
    from pages.lesson.number_card import number_card

    numeric = {each.id: each for each in number_exercises()}
    key = st.session_state.get(ITEM)
    if key not in due:
        key = st.session_state[ITEM] = due[0]
        if key in numeric:
            progress().draw_numbers(key)
        else:
            progress().exercises.pop(_variant(key).id, None)
    exercise = numeric.get(key) or _variant(key)
    with st.container(border=True):
        st.subheader(exercise.title, anchor=False)
        (number_card if key in numeric else exercise_card)(exercise)
    work = progress().number_work(key) if key in numeric else progress().work(exercise.id)
    left = "the last one" if len(due) == 1 else f"{len(due)} due"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Go on", icon=":material/arrow_forward:", key="review_next", on_click=_rate, args=(key, _known(work)))
        if _known(work):
            st.button("I guessed", icon=":material/casino:", key="review_guessed", on_click=_rate, args=(key, False))
        st.caption(f"{left}. The first attempt counts; a guess, or no right answer, brings it back in minutes.")


def _variant(key):
    """The variant that is asked this time: they take turns."""
    from nnlib.symbolic.exercise import exercise_named
    from nnlib.symbolic.exercise.variants import variants_of

    variants = variants_of(exercise_named(key))
    return variants[progress().reviews[key].times % len(variants)]


def _known(work):
    return work.solved and work.attempts == 1


def _rate(key, known):
    progress().record_review(key, known)
    st.session_state.pop(ITEM, None)
    ask_to_scroll(ON_VIEW)


def _in_words(time):
    minutes = max(1, round(time.total_seconds() / 60))
    if minutes < 90:
        return f"in {minutes} minute{'s' * (minutes > 1)}"
    hours = round(minutes / 60)
    return f"in {hours} hours" if hours < 36 else f"in {round(hours / 24)} days"
