"""The leaderboard of the class, as large as a projector needs: who has won missions in this round, by pseudonym."""

import streamlit as st

from nnlib.classroom.records import Leader
from nnlib.teaching.missions import MISSIONS
from pages.classroom.membership import done, show_refusal
from pages.ui.plain_text import plain

SHOWN = 10


def board_part() -> None:
    """Draw it."""
    st.title("Leaderboard", anchor=False)
    _board()
    st.button("New round", icon=":material/restart_alt:", key="new_round", help="The board is empty again.", on_click=_begin)


@st.fragment(run_every=2)
def _board():
    show_refusal()
    leaders: list[Leader] = []
    if not done(lambda store, secret: leaders.extend(store.leaders(secret))):
        return
    if not leaders:
        st.markdown("Nobody has won a mission in this round yet: *Missions* is a button on Train and Depth.")
        return
    rows = [f"| {place} | **{plain(each.pseudonym)}** | {_won(each)} |" for place, each in enumerate(leaders[:SHOWN], 1)]
    with st.container(key="class_board"):
        st.markdown("\n".join(["| | Student | Missions won |", "|---|---|---|", *rows]))


def _won(leader):
    titles = [MISSIONS[each].title for each in leader.missions if each in MISSIONS]
    return f"**{len(leader.missions)}** · {plain(', '.join(titles))}"


def _begin():
    done(lambda store, secret: store.begin_round(secret))
