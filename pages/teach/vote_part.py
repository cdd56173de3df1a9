"""Vote, discuss, vote again: the question and the tally, as large as a projector needs, and questions of one's own."""

import streamlit as st

from nnlib.classroom.records import Tally
from nnlib.classroom.texts import CHOICE, QUESTION
from pages.classroom.membership import done, show_refusal
from pages.ui.plain_text import plain

HOW = """
On any page that asks for a prediction, the button *Put it to the class* shows the question on all screens. Close the vote, let
the students convince each other, and vote again. Or ask a question of your own:
"""
MOST_CHOICES = 6


def vote_part() -> None:
    """Draw it."""
    _tallies()
    st.markdown(HOW)
    _own_question()


@st.fragment(run_every=0.5)  # the number is to be there within a second
def _tallies():
    """The last question. A fragment, so that the number of votes follows the class."""
    show_refusal()
    polls: list[Tally] = []
    if not done(lambda store, secret: polls.extend(store.tallies(secret))):
        return
    if not polls:
        st.title("No vote yet", anchor=False)
        return
    question = st.container(key="class_question", gap="xsmall")  # filled last: what is below it decides what it shows
    with st.container(horizontal=True, vertical_alignment="center"):
        shows_tally, shows_answer = _controls(polls)
    with question:
        _question(polls, shows_tally, shows_answer)


def _controls(polls):
    """Whether the tally, and the right answer, are to be shown. A tally before the second vote would tell whom to follow."""
    last, first = polls[-1], polls[0].opened_at
    if last.is_open:
        st.markdown(f"**{last.votes}** voted", width="content")
        st.button("Close the vote", type="primary", key="close_vote", on_click=_close)
        return False, False
    st.button("Vote again", icon=":material/replay:", key="vote_again", on_click=_again)
    tally = st.toggle("Show the tally", value=len(polls) > 1, key=f"tally_{last.opened_at}")
    return tally, last.answer is not None and st.toggle("Show the right answer", key=f"answer_{first}")


def _question(polls, shows_tally, shows_answer):
    last = polls[-1]
    st.markdown(_markdown(last, last.question))
    for number, choice in enumerate(last.choices):
        sign = ":material/check_circle: " if shows_answer and number == last.answer else ""
        line = f"{sign}{number + 1}\\. {_markdown(last, choice)}"
        if not shows_tally:
            st.markdown(line)
            continue
        words, bars = st.columns([2, 3], vertical_alignment="center")
        words.markdown(line)
        bars.html(f'<div class="class-bars" data-testid="tally-{number}">{"".join(_bars(polls, number))}</div>')


def _markdown(poll, text):
    return text if poll.is_markdown else plain(text)


def _bars(polls, number):
    """One bar for each time that the question was put, side by side."""
    for place, poll in enumerate(polls, 1):
        count = (poll.counts or [0] * len(poll.choices))[number]
        share, name = count / max(1, poll.votes), f"vote {place}, " if len(polls) > 1 else ""
        words = f"<b>{count}</b> <small>{name}{share:.0%}</small>"
        yield f'<div class="class-bar"><span style="width:{share:.1%}"></span>{words}</div>'


def _own_question():
    with st.form("own_question", border=False):
        st.text_input("Question", max_chars=QUESTION, key="own_question_text", autocomplete="off")
        lines = st.text_area(
            "Answers, one on each line", max_chars=MOST_CHOICES * CHOICE, key="own_question_answers", height=160
        )
        st.form_submit_button("Put it to the class", icon=":material/how_to_vote:", on_click=_put)
    if len(_choices(lines)) > MOST_CHOICES:
        st.warning(f"At most {MOST_CHOICES} answers can be read on a projector.")


def _put():
    question, choices = st.session_state["own_question_text"], _choices(st.session_state["own_question_answers"])
    if len(choices) <= MOST_CHOICES:
        done(lambda store, secret: store.open_poll(secret, question, choices))


def _choices(lines):
    return [line.strip() for line in lines.splitlines() if line.strip()]


def _close():
    done(lambda store, secret: store.close_poll(secret))


def _again():
    done(lambda store, secret: store.open_again(secret))
