"""The results of a study: verdicts on the report's claims, the importance of the settings, and all trials."""

import pandas as pd
import streamlit as st

from nnlib.data import DATASETS
from nnlib.studies import charts
from nnlib.studies.axes import AXES
from nnlib.studies.export import tested, to_csv, to_html
from nnlib.support.csv_cell import as_text
from nnlib.support.number_text import percent
from pages.tuning.finished_trials import StudyOnView
from pages.tuning.verdict_table import verdict_table
from pages.ui.altair_chart import draw_chart

SIMILAR = 0.2  # importances that differ by less


def findings(study: StudyOnView) -> None:
    """Draw them all."""
    verdict_table(study)
    if charts.shows_lines(study.settings, study.records):
        _space(study)
    if study.records:
        _trials(study)


# A space of one's own


def _space(study):
    st.subheader("Which settings matter", anchor=False)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        title = charts.where_lines_meet(study.settings, study.records)
        st.markdown(f"**{title}**")
        chart = charts.parallel_coordinates(study.settings, study.records).properties(height=360)
        draw_chart(chart, f"Parallel coordinates. {title}.")
        st.caption("Each line is a trial. The yellow ones are the best.")
    with right:
        if not study.importances:
            st.caption(_no_importances(study))
            return
        title = _most_important(study.importances)
        st.markdown(f"**{title}**")
        chart = charts.importance_bars(study.importances).properties(height=60 + 36 * len(study.importances))
        draw_chart(chart, f"Bars of importance. {title}.")
        st.caption(
            "How much each setting separates the best of the complete trials from the others (PED-ANOVA). This is only a hint: "
            "it leaves out trials that a pruner ended, and points that the sampler did not try."
        )


def _most_important(importances):
    """Return the most important setting, as a title, or two settings whose shares are close."""
    (first, share), *rest = sorted(importances.items(), key=lambda entry: -entry[1])
    name = f"{AXES[first].title[0].upper()}{AXES[first].title[1:]}"
    if rest and rest[0][1] > share - SIMILAR:
        return f"{name} and {AXES[rest[0][0]].title} matter about equally: {percent(share, 0)} and {percent(rest[0][1], 0)}"
    return f"{name} matters most: {percent(share, 0)}"


def _no_importances(study):
    """Return why there are no importances."""
    if not study.ended:
        return "The importance of each setting is computed when the study ends."
    if study.importances is None:
        return "The study was stopped while it was paused, so the importance of the settings was not computed."
    return "Too few trials are complete to compute the importance of the settings."


# All of it


def _trials(study):
    settings, records = study.settings, study.records
    with st.expander(f"All {len(records)} trials"):
        st.dataframe(_table(settings, records), hide_index=True, width="stretch")
        if study.ended:
            st.caption(tested(records))
    name = f"study-{settings.figure}-{settings.dataset}"
    with st.container(horizontal=True):
        st.download_button(
            "Download as CSV",
            to_csv(settings, records),
            f"{name}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        axes = " and ".join(AXES[name].title for name in settings.vary)
        title = f"of {axes} on {DATASETS[settings.dataset].title.partition(',')[0]}"
        st.download_button(
            "Download the report", lambda: to_html(title, settings, records, study.importances), f"{name}.html", "text/html",
            icon=":material/description:", on_click="ignore",
            help="One page with figures, verdicts and all trials. It works without this app and offline.",
        )  # fmt: skip


def _table(settings, records):
    def row(record):
        return {
            "Trial": record.number,
            **{AXES[name].title: record.params[name] for name in settings.vary},
            "Validation": percent(record.val_accuracy),
            "Seconds": round(record.seconds, 1),
            "State": record.state,
            "Worker": as_text(record.worker),
        }

    return pd.DataFrame([row(record) for record in sorted(records, key=lambda record: -record.val_accuracy)])
