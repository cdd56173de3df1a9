"""Join a class by its code and a pseudonym."""

import streamlit as st

from pages.classroom.component import joining_form
from pages.classroom.membership import member
from pages.join.words import what_is_stored
from pages.lesson.browser_storage import store_in_browser
from pages.ui.address import unknown_in_address
from pages.ui.extras import installed
from pages.ui.messages import show_messages

CODE = "join"  # in the address, as the link and the QR code of a class have it

with st.container(width=720):
    st.title("Join a class", anchor=False)
    show_messages(unknown_in_address(CODE))
    if installed("sqlalchemy"):
        if member():
            st.info(
                "You are in a class: the bar below says which. Leave it there before you join another.",
                icon=":material/groups:",
            )
        else:
            joining_form(st.query_params.get(CODE, ""))
        st.markdown(what_is_stored())
store_in_browser()
