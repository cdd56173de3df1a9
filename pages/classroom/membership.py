"""Whether this browser is in a class, and what the server records for one that is. Without a class, nothing is imported."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from nnlib.classroom.cookies import MEMBER, TEACHER
from nnlib.classroom.errors import ClassError, NotAllowed
from nnlib.classroom.tickets import redeemed

if TYPE_CHECKING:
    from nnlib.classroom.store import Store

# In the session's state: why something was refused, until it is shown, and the secrets that came after the tab was opened.
REFUSED, CHANGED = "class_refused", "class_changed"

logger = logging.getLogger(__name__)


def member() -> str | None:
    """The secret of the student that this browser is."""
    return _secrets()[0]


def teacher() -> str | None:
    """The secret of the teacher that this browser is."""
    return _secrets()[1]


def _secrets():
    cookies = st.context.cookies  # as they were when the tab was opened
    return st.session_state.get(CHANGED, (cookies.get(MEMBER), cookies.get(TEACHER)))


def redeem(ticket: str) -> None:
    """Take the secrets that the browser has now."""
    if secrets := redeemed(ticket):
        st.session_state[CHANGED] = secrets


def store() -> "Store":
    """The classes. Raises ClassError."""
    from nnlib.classroom.store import open_store

    return open_store()


def done(action: Callable[["Store", str], object]) -> bool:
    """Let the teacher do something, as `action(store, secret)`. True if it was not refused; for callbacks, too."""
    try:
        action(store(), teacher() or "")
    except ClassError as error:
        st.session_state[REFUSED] = str(error)
        return False
    return True


def show_refusal() -> None:
    """Show why the last thing was refused. Not for callbacks: in a fragment, what they draw would replace the header."""
    if message := st.session_state.pop(REFUSED, None):
        st.toast(message, icon=":material/error:")


def record(kind: str, item: str, answer: str, right: bool | None, message: str = "") -> None:
    """Record an answer of a student who is in a class; nothing of anyone else.

    Parameters
    ----------
    kind : "exercise", "prediction", "mission", "exam start" or "exam"
    item : the id of the exercise, or the key of the prediction
    answer : as it was typed or chosen
    right : None if it cannot be read, or the student does not know
    message : what the checker says
    """
    token = member()
    if token is None:
        return
    try:
        store().record(token, kind, item, answer, right, message)
    except NotAllowed:  # left in another tab, or deleted
        return
    except ClassError as error:
        logger.error("An answer of a class was not stored: %s", error)
        st.session_state[REFUSED] = "Your class could not store this answer. Your own progress has it."
