"""What a study says of the report's claims, what moved the accuracy, and all of its trials to read and to take away."""

from html import escape

import pandas as pd
import streamlit as st

from nnlib.studies import charts
from nnlib.studies.axes import AXES
from nnlib.studies.export import to_csv, to_html
from nnlib.studies.records import COMPLETE
from nnlib.studies.verdicts import verdicts
from pages.parts.tuning.kept import Kept
from pages.shared.tuning_texts import VERDICTS

LATER = "The verdict comes when the study pauses or ends."
FEW = 4  # complete trials, below which lines through several axes show nothing
STYLE = """<style>
.verdicts { border-collapse: collapse; width: 100%; font-size: 15px; }
.verdicts :is(th, td) { text-align: left; vertical-align: top; padding: 7px 18px 7px 0; font-weight: 400; border: 0;
  border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
.verdicts thead th { border-top: 0; opacity: .75; font-size: 13px; }
.verdicts .word { white-space: nowrap; font-weight: 600; }
.verdicts .icon { display: inline-block; width: 20px; height: 20px; line-height: 20px; margin-right: 8px; border-radius: 50%;
  text-align: center; color: #fff; font-size: 13px; }
@media (max-width: 640px) {
  .verdicts, .verdicts :is(tbody, tr, th, td) { display: block; }
  .verdicts thead { display: none; }
  .verdicts :is(th, td) { border-top: 0; padding: 2px 0; }
  .verdicts tr { border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: 8px 0; }
}
</style>"""


def findings(study: Kept):
    """Draw them all."""
    _verdicts(study)
    if len(study.settings.vary) > 1 and study.settings.figure == "free":
        _space(study)
    if study.records:
        _trials(study)


# The report's claims


def _verdicts(study):
    if study.running:
        found = [(each.claim, "not enough data", LATER) for each in verdicts(study.settings, [])]
    else:
        found = _found(study.settings, study.records)
    if not found:
        return
    st.subheader("The report's claims, and your data", anchor=False)
    rows = "".join(map(_row, found))
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("The report claims", "Here", "Evidence"))
    st.html(
        f'{STYLE}<table class="verdicts" data-testid="verdicts"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    )


@st.cache_data(max_entries=50, show_spinner=False, hash_funcs={list: lambda records: str([r.line() for r in records])})
def _found(settings, records):
    """(claim, verdict, evidence) of each. Kept: intervals by resampling take a moment."""
    return [(each.claim, each.verdict, each.evidence) for each in verdicts(settings, records)]


def _row(found):
    claim, verdict, evidence = found
    icon, colour = VERDICTS[verdict]
    word = "Not yet" if evidence == LATER else verdict.capitalize()
    return (
        f'<tr><th scope="row">{escape(claim)}</th>'
        f'<td class="word"><span class="icon" style="background:{colour}" aria-hidden="true">{icon}</span>{word}</td>'
        f"<td>{escape(evidence)}</td></tr>"
    )


# A space of one's own


def _space(study):
    complete = [record for record in study.records if record.state == COMPLETE]
    if len(complete) < FEW:
        return
    st.subheader("What moved the accuracy", anchor=False)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        title = "Follow a line: each is a trial, the yellow ones are best"
        st.markdown(f"**{title}**")
        chart = charts.parallel_coordinates(study.settings, study.records).properties(height=300)
        st.altair_chart(chart, width="stretch", alt=f"Parallel coordinates of {len(complete)} trials. {title}.")
    with right:
        if not study.importances:
            st.caption("How much each setting mattered is worked out when the study ends.")
            return
        first, share = next(iter(study.importances.items()))
        title = f"{AXES[first].title[0].upper()}{AXES[first].title[1:]} moved it most: {share:.0%}"
        st.markdown(f"**{title}**")
        chart = charts.importance_bars(study.importances).properties(height=60 + 36 * len(study.importances))
        st.altair_chart(chart, width="stretch", alt=f"Bars of importance. {title}.")
        st.caption("The share of each setting in what separates the best trials from the others (PED-ANOVA).")


# All of it


def _trials(study):
    settings, records = study.settings, study.records
    with st.expander(f"All {len(records)} trials"):
        st.dataframe(_table(settings, records), hide_index=True, width="stretch")
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
        title = f"{settings.figure} on {settings.dataset}"
        st.download_button(
            "Download the report", lambda: to_html(title, settings, records, study.importances), f"{name}.html", "text/html",
            icon=":material/description:", on_click="ignore",
            help="One page with figures, verdicts and all trials, that needs neither this app nor a network.",
        )  # fmt: skip


def _table(settings, records):
    def row(record):
        test = record.test_accuracy
        return {
            "Trial": record.number,
            **{AXES[name].title: record.params[name] for name in settings.vary},
            "Validation": f"{record.val_accuracy:.1%}",
            "Test": "" if test is None else f"{test:.1%}",
            "Seconds": round(record.seconds, 1),
            "State": record.state,
            "Worker": record.worker,
        }

    return pd.DataFrame([row(record) for record in sorted(records, key=lambda record: -record.val_accuracy)])
