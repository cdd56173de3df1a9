"""The script that st.App runs: the menu and the header of every page. It imports nothing heavy that only some pages need."""

from pathlib import Path

import streamlit as st

from nnlib.support import colours
from pages.classroom.component import class_bar
from pages.lesson.lessons import CLASS_PAGES, LESSONS, LIVE_PAGES, PRACTICE_PAGES, titled
from pages.lesson.notation import notation
from pages.ui.address import record_page
from pages.ui.page_script import page_script
from pages.ui.presenter import presenter

STYLE = Path(__file__).parent / "ui" / "style.css"
PRINT = Path(__file__).parent / "ui" / "print.css"
PRESENTER = Path(__file__).parent / "ui" / "presenter.css"

# An SVG, because the browser would load a material icon from the internet, which a classroom may not have.
ICON = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<path d="M7 9 25 16 7 23" fill="none" stroke="{colours.ACCENT["light"]}" stroke-width="3"/>
<circle cx="7" cy="9" r="5" fill="{colours.BLUE}"/>
<circle cx="7" cy="23" r="5" fill="{colours.ORANGE}"/>
<circle cx="25" cy="16" r="5" fill="{colours.GREEN}"/>
</svg>"""


def _in_menu(page):
    return st.Page(page.script, title=titled(page), icon=page.icon or None, url_path=page.key, help=page.about)


st.set_page_config(page_title="Backprop Lab", page_icon=ICON, layout="wide")

home = st.Page(
    "home/page.py",
    title="Home",
    icon=":material/home:",
    default=True,
    help="What Backprop Lab is, and what you can find out with it.",
)
groups = {
    "": [home],
    "Understand": [_in_menu(each) for each in LESSONS],
    "Practise": [_in_menu(each) for each in PRACTICE_PAGES],
    "Train": [_in_menu(each) for each in LIVE_PAGES],
    "Class": [_in_menu(each) for each in CLASS_PAGES],
}
page = st.navigation(groups, position="top")
# Each group is a menu in the header. Streamlit does not mark the one that has the page on view.
on_view = next(number for number, pages in enumerate(groups.values(), 1) if page.url_path in [each.url_path for each in pages])
marked = f"[data-testid=stTopNav] > :nth-child({on_view}) button p {{ font-weight: 700; text-decoration: underline }}"
record_page(page.url_path)
st.html(STYLE)
st.html(PRINT)
st.html(PRESENTER)
st.html(f"<style>{colours.css()} {marked}</style>")
page_script()
presenter()
with st.container(key="header_notation"):
    notation()
class_bar()
page.run()
