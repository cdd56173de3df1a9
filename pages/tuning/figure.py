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

HEIGHT = 330
PICKED = "tuning_picked"  # in the session: run → number of the trial that was clicked
BEST = "the best trials"


def figure(run: str | None, study: StudyOnView):
    """Draw both."""
    settings, records = study.settings, study.records
    left, right = st.columns([5, 3], gap="medium")
    with left:
        title = charts.best_of(records)
        st.markdown(f"**{title}**")
        chart = charts.figure(settings, records, picked_trial()).properties(height=HEIGHT)
        draw(chart, f"tuning_figure_{run}", f"{_kind(settings)} {title}.", lambda trial: _pick(run, trial))
    with right:
        st.markdown(f"**What the report says**\n\n{REPORT_SAYS[settings.figure]}")
        expectation(study)
        in_short(study)
        if settings.dataset != "cifar10" and "learning_rate" in settings.vary and settings.figure != "free":
            st.caption(OTHER_SCALE)
        _points(settings)
    if records:
        _curves(run, settings, records)


def _kind(settings):
    if len(settings.vary) == 2 and settings.sampler == "grid":
        return "Heat map of validation accuracy over two settings."
    along = AXES[settings.vary[0]].title if len(settings.vary) == 1 else "trials"
    return f"Validation accuracy against {along}."


def _pick(run, trial):
    """`trial`: its number, or BEST."""
    st.session_state.setdefault(PICKED, {})[run] = trial


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


def _curves(run, settings, records):
    """Draw the learning curves of the trial that was clicked, or of the best trials."""
    by_number = {record.number: record for record in records}
    options = [BEST, *by_number]
    picked = st.session_state.setdefault(PICKED, {}).get(run)
    picked = picked if picked in by_number else BEST
    # A new key for each value: the value of a widget is then never changed from here.
    key = f"tuning_trial_{run}_{len(records)}_{picked}"

    left, right = st.columns([5, 3], gap="medium")
    with right:
        st.selectbox(
            "Learning curves of",
            options,
            options.index(picked),
            format_func=lambda choice: choice if choice == BEST else _trial_name(by_number[choice]),
            key=key,
            on_change=lambda: _pick(run, st.session_state[key]),
            help="Or click a point of the figure above.",
        )
        if picked != BEST:
            _about(settings, by_number[picked])
    with left:
        record = by_number.get(picked)
        title = f"How the networks of trial {picked} learned" if record else "How the best networks learned"
        chart = charts.trial_curves(settings, record) if record else charts.learning_curves(settings, records)
        st.markdown(f"**{title}**")
        st.altair_chart(chart.properties(height=300), width="stretch", alt=f"Validation accuracy by step. {title}.")


def _trial_name(record):
    return f"trial {record.number}: {charts.point_text(record.params)}"


def _about(settings, record):
    each = ", ".join(percent(accuracy) for accuracy in record.val_accuracies)
    ended = f"validation {percent(record.val_accuracy)}" + (f" ({each})" if len(record.val_accuracies) > 1 else "")
    test = "" if record.test_accuracy is None else f", test {percent(record.test_accuracy)}"
    pruned = " The pruner ended it early: others were better after as many steps." if record.state == "pruned" else ""
    diverged = f" {record.diverged} of its networks diverged." if record.diverged else ""
    st.caption(f"{ended[0].upper()}{ended[1:]}{test}, in {record.seconds:.1f} s.{pruned}{diverged}")
    query = link_parameters(TRAIN, settings.experiment(record.params))
    st.page_link("train/page.py", label="Watch this network learn", icon=":material/arrow_forward:", query_params=query)
