"""Part 2: grid, random and TPE search the same space with the same number of trials. It shows the strengths of each."""

import streamlit as st

from nnlib.studies import race_charts as charts
from nnlib.studies.race_findings import NEAR, distinct, finds, judged, means, near_best, summary, winner
from nnlib.studies.study_settings import DRAWN_AT_FIRST, SAMPLERS
from nnlib.support.number_text import percent
from pages.lesson.lessons import TUNING
from pages.lesson.part_on_view import PARAMETER
from pages.lesson.prediction import commit
from pages.lesson.progress import Prediction, save_progress
from pages.settings.page_state import PageState
from pages.tuning.chart import draw
from pages.tuning.expectation import UNKNOWN, ask, expected
from pages.tuning.finished_trials import RaceOnView, race_on_view
from pages.tuning.live import live
from pages.tuning.race_settings import RACE
from pages.tuning.race_words import BEFORE, HOW, NONE_WINS, NOT_COMPARED, QUESTION, QUESTION_OF_SEVERAL, STORY, TOO_FEW, WHY
from pages.ui.html_table import Row, html_table

LAB = PART = "search"  # the kind of its runs, and the part in links; both are older than the name "race"


def race_part(state: PageState) -> None:
    """Draw it."""
    settings = state.settings

    def adopt(wanted):
        state.adopt(RACE.kind.from_dict, wanted)

    live(state, settings, settings.all_trials, {**STORY, "before": BEFORE}, adopt, beside={PARAMETER: PART})
    with st.container(key="beside_live_search"):
        race = race_on_view(state.run) or RaceOnView(settings)
        chosen = _chosen_round(state.run, race)
        searches = race.rounds[chosen] if race.rounds else {}
        left, right = st.columns([5, 3], gap="medium")
        with left:
            st.markdown(f"**{summary(searches)}**")
            alt = f"Best validation accuracy so far against trials done, a line for each search. {summary(searches)}."
            draw(charts.best_so_far(race.settings, searches).properties(height=300), f"race_lines_{state.run}", alt)
        with right:
            _expectation(race)
            if race.complete and not race.running:
                st.markdown(judged(race.settings, race.complete))
                _table(race)
        _planes(state.run, race.settings, searches)
        with st.expander("Why they differ, and how TPE chooses"):
            st.markdown(WHY)


def _chosen_round(run, race):
    """Return the index of the race on view: the newest, unless another is chosen."""
    begun = len(race.rounds)
    if race.settings.rounds == 1 or begun == 0:
        return 0
    return st.pills(
        "Race on view",
        range(begun),
        format_func=lambda each: f"Race {each + 1}",
        default=begun - 1,
        key=f"race_on_view_{run}_{begun}",  # a new key when a race begins: that race is then on view
        required=True,
        label_visibility="collapsed",
    )


def _planes(run, settings, searches):
    """Draw the trials of each search on the plane."""
    near = near_best(searches)
    for sampler, column in zip(SAMPLERS, st.columns(3, gap="medium")):
        records = searches.get(sampler, ())
        with column:
            st.markdown(f"**{charts.TITLES[sampler]}{_found(records, near.get(sampler))}**")
            alt = charts.described(searches, sampler)
            draw(charts.plane(settings, searches, sampler).properties(height=380), f"race_plane_{sampler}_{run}", alt)
            st.caption(_how(settings, sampler).format(side=settings.side, trials=settings.trials))


def _how(settings, sampler):
    """Explain how a sampler chooses the next point."""
    return TOO_FEW if sampler == "tpe" and settings.trials <= DRAWN_AT_FIRST else HOW[sampler]


def _found(records, near):
    if not records:
        return ""
    rates = distinct(records, "learning_rate")
    tried = f"{rates} learning rate{'s' * (rates != 1)}"
    return f": {tried}, {near} of {len(records)} trial{'s' * (len(records) != 1)} within {100 * NEAR:.0f} points of the best"


def _table(race):
    """Draw a table of the best of each search in each race, and of the means."""
    if len(race.complete) < 2:
        return
    rows = []
    for number, searches in enumerate(race.complete, start=1):
        best = {find.sampler: percent(find.accuracy) for find in finds(searches)}
        rows.append(Row(f"Race {number}", [best[sampler] for sampler in SAMPLERS]))
    mean = means(race.complete)
    rows.append(Row("Mean", [percent(mean[sampler]) for sampler in SAMPLERS], style="font-weight:600"))
    st.html(html_table("race-table", rows, heads=("Best of", *(charts.TITLES[sampler] for sampler in SAMPLERS))))


# The prediction


def _expectation(race):
    """Ask before the first trial, show the prediction during the race, and compare at the end."""
    key, options = f"tuning_search_{race.settings.dataset}", [*charts.TITLES.values(), NONE_WINS, UNKNOWN]
    made = expected(key, options)
    if not race.rounds:
        ask(key, QUESTION if race.settings.rounds == 1 else QUESTION_OF_SEVERAL, options)
    elif made and made.choice != UNKNOWN:
        _recall(race, key, made)


def _recall(race, key, made):
    if not race.ended:
        st.caption(f"You predict: {made.choice}.")
        return
    if not race.complete:
        st.caption(f"You predicted: {made.choice}. {NOT_COMPARED}")
        return
    won = winner(race.settings, race.complete)
    answer = charts.TITLES[won] if won else NONE_WINS
    right = made.choice == answer
    if made.right is None:  # the first race decides
        commit(key, Prediction(TUNING.key, made.question, made.choice, right))
        save_progress()
    if right:
        st.success(f"You predicted: {made.choice}. Correct.", icon=":material/check_circle:")
    else:
        st.info(f"You predicted: {made.choice}. {_happened(race, won)}.", icon=":material/lightbulb:")


def _happened(race, won):
    if len(race.complete) == 1:
        return f"{charts.TITLES[won]} was clearly ahead" if won else "It was a tie"
    return f"{charts.TITLES[won]} won most races" if won else "No search won most of the races"
