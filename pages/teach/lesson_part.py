"""The class: its code as large as a projector needs, the lesson's beginning and end, the teacher's link, and the deletion."""

from datetime import datetime
from urllib.parse import urlsplit

import segno
import streamlit as st

from nnlib.classroom.codes import spaced
from nnlib.classroom.records import Lesson
from pages.classroom.membership import done, teacher
from pages.ui.base_path import base_path
from pages.ui.plain_text import plain
from pages.ui.svg_figure import svg_figure

LOCAL = ("localhost", "127.0.0.1", "::1")
SECRET = """
Whoever has this link is the teacher: do not project it. Store it as a bookmark, or open it on a second machine.
"""


def lesson_part(lesson: Lesson) -> None:
    """Draw it."""
    st.title(f"Class {plain(lesson.name)}", anchor=False)
    if lesson.is_open:
        _code(lesson)
    else:
        st.markdown("The lesson is over: nobody can join, and no vote is open. The students stay in the class.")
    _ways(lesson)


def _code(lesson):
    address = f"{address_of_app()}/join?join={lesson.code}"
    words, picture = st.columns([3, 2], vertical_alignment="center", gap="large")
    with words:
        st.html(f'<div class="class-code" data-testid="class-code">{spaced(lesson.code)}</div>')
        st.html(f'<div class="class-address">{address_of_app().partition("://")[2]}/join</div>')
        _members()
        if urlsplit(address).hostname in LOCAL:
            st.warning(
                "Students cannot reach this address, which means the machine it is typed on. Open this page under the name of "
                "this machine; the guide says how.",
                icon=":material/lan:",
            )
    with picture:
        code = segno.make(address, error="m").svg_inline(scale=8, border=2, dark="#000", light="#fff", omitsize=True)
        svg_figure(code.replace("<svg ", '<svg role="img" aria-label="QR code of the link to join" ', 1), "", "class_qr")


@st.fragment(run_every=2)
def _members():
    """How many have joined."""
    found: list[Lesson] = []
    if done(lambda store, secret: found.append(store.lesson(secret))):
        st.markdown(f"**{found[0].members}** joined")


def address_of_app() -> str:
    """The address of the app, as the teacher's browser has it."""
    url = urlsplit(st.context.url or "")
    return f"{url.scheme}://{url.netloc}{base_path()}"


def _ways(lesson):
    with st.container(horizontal=True):
        if lesson.is_open:
            st.button("End the lesson", icon=":material/stop_circle:", key="end_lesson", on_click=_end)
        else:
            st.button("Begin a lesson", icon=":material/play_circle:", type="primary", key="begin_lesson", on_click=_begin)
        with st.popover("My teacher's link", icon=":material/key:"):
            st.markdown(SECRET)
            st.code(f"{address_of_app()}/teach#key={teacher()}", language=None, wrap_lines=True)
        with st.popover("Delete the class", icon=":material/delete:"):
            st.markdown("The class, its students and all that is stored of them are deleted at once, and for good.")
            st.button("Delete it", type="primary", key="delete_class", on_click=_delete)
    st.caption(f"The class is deleted automatically on {datetime.fromtimestamp(lesson.expires_at):%d %B %Y}.")


def _end():
    done(lambda store, secret: store.end_lesson(secret))


def _begin():
    done(lambda store, secret: store.begin_lesson(secret))


def _delete():
    done(lambda store, secret: store.delete_class(secret))
