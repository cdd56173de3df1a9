"""The figure of a study beside the report's result. A click on a point shows the learning curves of its networks."""

import streamlit as st

from nnlib.studies import charts
from nnlib.studies.axes import AXES
from nnlib.support.number_text import percent
from pages.settings.settings_url import link_parameters
from pages.train.settings import TRAIN
from pages.tuning.chart import draw, picked_trial
from pages.tuning.expectation import expectation
from pages.tuning.finished_trials import StudyOnView
from pages.tuning.verdict_table import in_short
from pages.tuning.words import OTHER_SCALE, REPORT_SAYS
from pages.ui.altair_chart import draw_chart

HEIGHT = 330
HEIGHT_BESIDE, HEIGHT_BELOW = 290, 300  # of the learning curves
PICKED = "tuning_picked"  # in the session: run → number of the trial that was clicked
BEST = "the best trials"


def figure(run: str | None, study: StudyOnView) -> None:
    """Draw both. The curves of a trial that was clicked are beside the figure, those of the best trials below it."""
    settings, records = study.settings, study.records
    picked = _picked(run, records)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        title = charts.best_of(records)
        st.markdown(f"**{title}**")
        chart = charts.figure(settings, records, picked_trial()).properties(height=HEIGHT)
        draw(chart, f"tuning_figure_{run}", f"{_kind(settings)} {title}.", lambda trial: _pick(run, trial))
    with right:
        if picked:
            _curves(settings, records, picked)
            _choose(run, records, picked)
            _about(settings, picked)
        st.markdown(f"**What the report says**\n\n{REPORT_SAYS[settings.figure]}")
        expectation(study)
        in_short(study)
        if settings.dataset != "cifar10" and "learning_rate" in settings.vary and settings.figure != "free":
            st.caption(OTHER_SCALE)
        _points(settings)
    if records and not picked:
        left, right = st.columns([5, 3], gap="medium")
        with left:
            _curves(settings, records, None)
        with right:
            _choose(run, records, None)


def _kind(settings):
    if len(settings.vary) == 2 and settings.sampler == "grid":
        return "Heat map of validation accuracy over two settings."
    along = AXES[settings.vary[0]].title if len(settings.vary) == 1 else "trials"
    return f"Validation accuracy against {along}."


def _pick(run, trial):
    """`trial`: its number, or BEST."""
    st.session_state.setdefault(PICKED, {})[run] = trial


def _picked(run, records):
    """Return the record of the trial that was clicked or chosen, or None."""
    number = st.session_state.setdefault(PICKED, {}).get(run)
    return next((record for record in records if record.number == number), None)


def _points(settings):
    """Explain the points, and list the settings that all networks share."""
    names = {"learning_rate": "η\u00a0{}", "reg": "λ\u00a0{}", "batch_size": "batches of {}", "iterations": "{} steps"}
    fixed = [words.format(charts.number(getattr(settings, name))) for name, words in names.items() if name not in settings.vary]
    if "hidden" not in settings.vary:
        fixed.insert(0, f"{' and '.join(map(str, settings.hidden)) or 'no'} hidden units")
    several = f"Each point is the mean of {settings.seeds} networks; its line goes from the worst to the best of them. "
    if len(settings.vary) == 2 and settings.sampler == "grid":
        several = f"Each cell is the mean of {settings.seeds} networks. "
    st.caption(f"{several if settings.seeds > 1 else ''}All networks have {', '.join(fixed)}.")


def _curves(settings, records, picked):
    """Draw the learning curves of a trial, or of the best trials."""
    title = f"How the networks of trial {picked.number} learned" if picked else "How the best networks learned"
    chart = charts.trial_curves(settings, picked) if picked else charts.learning_curves(settings, records)
    st.markdown(f"**{title}**")
    height = HEIGHT_BESIDE if picked else HEIGHT_BELOW
    draw_chart(chart.properties(height=height), f"Validation accuracy by step. {title}.")


def _choose(run, records, picked):
    """Draw the choice of a trial."""
    by_number = {record.number: record for record in records}
    options = [BEST, *by_number]
    chosen = picked.number if picked else BEST
    # A new key for each value: the value of a widget is then never changed from here.
    key = f"tuning_trial_{run}_{len(records)}_{chosen}"
    st.selectbox(
        "Learning curves of",
        options,
        options.index(chosen),
        format_func=lambda choice: choice if choice == BEST else _trial_name(by_number[choice]),
        key=key,
        on_change=lambda: _pick(run, st.session_state[key]),
        help="Or click a point of the figure.",
    )


def _trial_name(record):
    return f"trial {record.number}: {charts.point_text(record.params)}"


def _about(settings, record):
    each = ", ".join(percent(accuracy) for accuracy in record.val_accuracies)
    ended = f"validation {percent(record.val_accuracy)}" + (f" ({each})" if len(record.val_accuracies) > 1 else "")
    pruned = " The pruner ended it early: others were better after as many steps." if record.state == "pruned" else ""
    diverged = f" {record.diverged} of its networks diverged." if record.diverged else ""
    st.caption(f"{ended[0].upper()}{ended[1:]}, in {record.seconds:.1f} s.{pruned}{diverged}")
    query = link_parameters(TRAIN, settings.experiment(record.params))
    st.page_link("train/page.py", label="Watch this network learn", icon=":material/arrow_forward:", query_params=query)
