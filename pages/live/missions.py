"""Missions on Train and Depth: a button in the header, and the panel that it opens above the live view.

The server judges a run by its own log, on three seeds (nnlib/runs/mission_runs.py). The browser reports nothing but which run
is on view.
"""

from collections.abc import Callable, Mapping

import streamlit as st

from nnlib.runs.mission_runs import attempt_of
from nnlib.runs.protocol import ACTIVE
from nnlib.runs.store import RunFolder
from nnlib.teaching.missions import LAST_STEP, MISSIONS, SEEDS, Check, Mission
from pages.classroom.membership import member
from pages.classroom.membership import record as record_for_class
from pages.lesson.lessons import LESSONS
from pages.lesson.part_on_view import show_part
from pages.lesson.prediction import ask, commit
from pages.lesson.progress import Prediction, progress, resets
from pages.live.mission_trial import verdict
from pages.live.this_browser import this_browser
from pages.ui.plain_text import plain

OPEN, CHOSEN = "missions_open", "mission_chosen"  # in the session's state
POLL = 1.0  # seconds between two looks at the run
ON = {"train": "Train", "depth": "Depth"}
TICK, CIRCLE = ":material/check_circle:", ":material/radio_button_unchecked:"
SEEDS_SENTENCE = (
    f"A mission counts if its goal is met on {SEEDS} seeds: yours, and the next {SEEDS - 1}, which the app trains with your "
    "settings, and with your changes at the same steps, once your run is paused or has ended. "
    f"Its first {LAST_STEP:,} steps count."
)
RELOAD = "Reload this page once: the server does not recognise your browser yet, and your class counts your own runs only."
OF_ANOTHER = "This run belongs to another browser: a mission is won with a run of your own."


def missions(page: str, run: str | None, set_up: Callable[[Mapping[str, str]], None]) -> None:
    """Draw the button and, if it is open, the panel.

    Parameters
    ----------
    page : "train" or "depth"
    run : the id of the run on view, or None
    set_up : called with link parameters, to make them the settings of this page
    """
    won = progress().missions
    with st.container(key="header_missions"):
        st.button(
            f"Missions {len(won)}/{len(MISSIONS)}",
            icon=":material/flag:",
            type="tertiary",
            key="missions_button",
            help="Goals to reach with a network, from easy to hard. Opens and closes a panel.",
            on_click=lambda: st.session_state.update({OPEN: not st.session_state.get(OPEN, False)}),
        )
    if st.session_state.get(OPEN, False):
        with st.container(border=True, key="beside_live_missions", gap="small"):
            _panel(page, run, set_up)


def _panel(page, run, set_up):
    with st.container(horizontal=True, vertical_alignment="center"):
        mission = _choose(page)
        reason = progress().predictions.get(_question(mission))
        if mission.page == page and reason and mission.id not in progress().missions:
            st.button(
                "Set it up",
                icon=":material/tune:",
                key=f"mission_start_{mission.id}",
                help="Chooses the settings to start from. Then change what you think is needed.",
                on_click=set_up,
                args=(mission.start,),
            )
    st.markdown(f"**Goal.** {mission.goal}", help=SEEDS_SENTENCE)
    if mission.page != page:
        link = {"query_params": mission.start}
        st.page_link(f"{mission.page}/page.py", label=f"Open {ON[mission.page]}", icon=":material/arrow_forward:", **link)
    elif reason is None:
        _ask(mission)
    elif how := progress().missions.get(mission.id):
        _won(mission, reason, how)
    else:
        st.fragment(_watch, run_every=POLL)(mission, run)


def _choose(page):
    """The mission that the learner has chosen, else the first of this page that is not won."""
    won, ids = progress().missions, list(MISSIONS)
    if CHOSEN not in st.session_state:
        open_ones = [name for name in ids if name not in won]
        here = [name for name in open_ones if MISSIONS[name].page == page]
        st.session_state[CHOSEN] = (here or open_ones or ids)[0]
    widget = f"missions_choice_{resets()}"
    st.session_state[widget] = st.session_state[CHOSEN]

    def title(name):
        mission = MISSIONS[name]
        place = "" if mission.page == page else f" (on {ON[mission.page]})"
        return f"{'✓ ' if name in won else ''}{ids.index(name) + 1} {mission.title}{place}"

    def chosen():
        st.session_state[CHOSEN] = st.session_state[widget]

    return MISSIONS[
        st.selectbox("Mission", ids, format_func=title, key=widget, label_visibility="collapsed", on_change=chosen) or ids[0]
    ]


def _question(mission):
    """Its key among the predictions."""
    return f"mission_{mission.id}"


def _ask(mission):
    """A reason before the first attempt. The right one is not always in the same place."""
    turn = list(MISSIONS).index(mission.id) % len(mission.reasons)
    reasons = [*mission.reasons[turn:], *mission.reasons[:turn]]

    def answered(chosen):
        if _question(mission) in progress().predictions:
            return  # pressed twice, before the page was drawn anew
        right = chosen == mission.reasons[0]
        commit(_question(mission), Prediction(mission.page, mission.question, chosen, right))

    ask(f"{_question(mission)}_{resets()}", mission.question, reasons, answered, answer=mission.reasons[0])


def _won(mission, reason, how):
    st.caption(f"{plain(mission.question)} You answered: {plain(reason.choice)}")
    st.success(f"**Won**, with {plain(how)}.", icon=":material/flag:")
    st.markdown(f"{'Your reason was right.' if reason.right else f'The reason: {mission.reasons[0]}'} {mission.idea}")
    lesson, part = next(each for each in LESSONS if each.key == mission.lesson[0]), mission.lesson[1]
    label = f"Lesson “{lesson.title}”, {lesson.names[part]}"
    if st.button(label, icon=":material/school:", key=f"mission_lesson_{mission.id}", type="tertiary"):
        show_part(lesson.key, part)
        st.switch_page(lesson.script)
    ids = list(MISSIONS)
    after = ids.index(mission.id) + 1
    following = next((name for name in ids[after:] + ids[:after] if name not in progress().missions), None)
    if following:
        st.button("Next mission", key="mission_next", on_click=lambda: st.session_state.update({CHOSEN: following}))


def _watch(mission: Mission, run_id: str | None):
    """How far the run on view is. Drawn again every second."""
    run = RunFolder.find(run_id)
    if run is None:
        st.markdown("No run yet: choose your settings and start.")
        return
    if member() and this_browser() is None and run.about["session"]:
        st.info(RELOAD)
        return
    if _of_another(run):
        st.info(OF_ANOTHER)
        return
    try:
        attempt = attempt_of(mission, run)
    except ValueError as error:
        st.markdown(plain(str(error)))
        return
    checks = mission.checks(attempt)
    _show(checks)
    if not all(check.met for check in checks):
        return
    if run.status[0] in ACTIVE:
        st.markdown(f"The goal is met on this seed. Pause or stop: then {SEEDS - 1} more seeds are trained.")
        return
    found = verdict(mission.id, run.id, attempt.step)
    if found is None:
        st.markdown(f"The goal is met on this seed. Now {SEEDS - 1} more seeds are trained …")
    elif found.won:
        first = attempt["seed"]
        how = f"{run.label()}, seeds {first} to {first + SEEDS - 1}, {attempt.step:,} steps"
        progress().missions[mission.id] = how
        if run.about["session"] == this_browser():  # of a run that a browser without cookies has made, nobody knows whose it is
            record_for_class("mission", mission.id, how, True)
        st.rerun()  # the whole page: it counts, and stores, what was won
    elif found.problem:
        st.warning(found.problem, icon=":material/error:")
    else:
        st.warning(
            f"Not with seed {found.seed}: there, the goal is missed. Change something that does not depend on luck.",
            icon=":material/casino:",
        )
        _show(found.checks)


def _show(checks: list[Check]):
    st.markdown(" &emsp; ".join(f"{TICK if check.met else CIRCLE} {plain(check.text)}" for check in checks))


def _of_another(run):
    """Whether another browser started the run."""
    session = this_browser()
    return session is not None and run.about["session"] not in (None, session)
