"""Sheets: a summary of all formulas, and worksheets with solutions, to be printed."""

import streamlit as st

from pages.lesson.browser_storage import store_in_browser
from pages.lesson.lesson import WIDTH
from pages.lesson.part_on_view import PARAMETER, choose_part, part_on_view
from pages.lesson.progress_tools import progress_tools
from pages.sheets.summary_sheet import summary_sheet
from pages.sheets.worksheet import PARAMETERS, worksheet_part
from pages.ui.address import notes, unknown_in_address
from pages.ui.messages import show_messages

PAGE = "sheets"
PARTS = {"summary": "Summary", "worksheet": "Worksheets"}

part = part_on_view(PAGE, list(PARTS))
with st.container(key="header_progress"):
    progress_tools()
with st.container(width=WIDTH):
    with st.container(horizontal=True, horizontal_alignment="distribute", key="not_printed_parts"):
        choose_part(PAGE, part, PARTS, "Sheet")
        # Its click is handled by pages/ui/page_script.py: Python cannot open the browser's dialog.
        st.button("Print", icon=":material/print:", key="print", help="The navigation and the controls are left out.")
    show_messages([*notes(), *unknown_in_address(f"{PARAMETER}|{PARAMETERS}")])
    if part == "summary":
        summary_sheet()
    else:
        worksheet_part()
store_in_browser()
