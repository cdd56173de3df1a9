"""The report's claims beside the verdicts of a study."""

from collections import Counter

import streamlit as st

from nnlib.studies.claims.verdict import NOT_ENOUGH
from nnlib.studies.verdicts import verdicts
from pages.tuning.finished_trials import StudyOnView
from pages.tuning.words import VERDICTS
from pages.ui.html_table import Html, Row, html_table

LATER = "The verdict is given when the study pauses or ends."
STYLE = """<style>
.table.verdicts table { border-collapse: collapse; width: 100%; }
.table.verdicts :is(th, td) { text-align: left; vertical-align: top; padding: 7px 18px 7px 0; font-weight: 400; border: 0;
  border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
.table.verdicts thead th { border-top: 0; opacity: .75; font-size: 13px; }
.word { white-space: nowrap; font-weight: 600; }
.word .icon { display: inline-block; width: 20px; height: 20px; line-height: 20px; margin-right: 8px; border-radius: 50%;
  text-align: center; color: #fff; font-size: 13px; }
.in-short { margin: 0; font-size: 15px; }
.in-short .word { margin-left: 8px; }
@media (max-width: 640px) {
  .table.verdicts :is(table, tbody, tr, th, td) { display: block; }
  .table.verdicts thead { display: none; }
  .table.verdicts :is(th, td) { border-top: 0; padding: 2px 0; }
  .table.verdicts tr { border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: 8px 0; }
}
</style>"""


def verdict_table(study: StudyOnView) -> None:
    """Draw each claim with its verdict and the evidence, if the report claims anything."""
    found = _found_in(study)
    if not found:
        return
    st.subheader("The report's claims, and your data", anchor=False)
    heads = ("The report claims", "Here", "Evidence")
    st.html(STYLE + html_table("verdicts", list(map(_row, found)), heads, kind="verdicts"))


def in_short(study: StudyOnView) -> None:
    """Draw the verdicts in one line. For several claims, count them."""
    found = _found_in(study)
    if not found or not study.records:
        return
    counts = Counter((verdict, _label(verdict, evidence)) for _, verdict, evidence in found)
    words = (_marked(verdict, f"{said}: {count}" if len(found) > 1 else said) for (verdict, said), count in counts.items())
    asked = f"Your data on its {len(found)} claims" if len(found) > 1 else "Your data"
    st.html(f'{STYLE}<p class="in-short">{asked}: {" ".join(words)}</p>')


def _found_in(study):
    """Return (claim, verdict, evidence) of each claim. A study that is running is not judged yet."""
    if study.running:
        found = verdicts(study.settings, [])
        return [(each.claim, each.verdict, LATER if each.verdict == NOT_ENOUGH else each.evidence) for each in found]
    return _found(study.settings, study.records)


@st.cache_data(max_entries=50, show_spinner=False, hash_funcs={list: lambda records: str([r.line() for r in records])})
def _found(settings, records):
    """Cached: intervals by resampling take a moment."""
    return [(each.claim, each.verdict, each.evidence) for each in verdicts(settings, records)]


def _row(found):
    claim, verdict, evidence = found
    return Row(claim, [_marked(verdict, _label(verdict, evidence)), evidence])


def _label(verdict, evidence):
    return "Not yet" if evidence == LATER else verdict.capitalize()


def _marked(verdict, word):
    """The verdict's icon and the word."""
    icon, colour = VERDICTS[verdict]
    icon = f'<span class="icon" style="background:{colour}" aria-hidden="true">{icon}</span>'
    return Html(f'<span class="word">{icon}{word}</span>')
