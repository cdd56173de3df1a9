"""The entry point of the app: `streamlit run app.py`."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware
from streamlit import net_util
from streamlit.web.server.server_util import get_url

from pages import assets
from pages.errors import NamedErrors, report_page_error
from pages.frames import Frames
from pages.live.download import cancel_downloads
from pages.live.mission_trial import end_trials
from pages.preload import Preload
from pages.ui.base_path import base_path
from pages.ui.callbacks import let_callbacks_finish
from pages.ui.fragment_runs import deliver_before_fragments
from pages.ui.late_messages import ignore_late_messages

net_util.get_external_ip = lambda: None  # it asks an outside service, whenever a page of another origin connects
let_callbacks_finish()
deliver_before_fragments()
ignore_late_messages()
base = base_path()
try:
    from nnlib.classroom.belonging import class_of
    from nnlib.classroom.routes import ClassRoutes
    from nnlib.runs.server.browser_session import set_cookie
    from nnlib.runs.server.origins import frame_sites
    from nnlib.runs.server.routes import Runs

    runs, sites = Runs(base, class_of), frame_sites()
    classes = ClassRoutes(base, runs.refusal, runs.going_on, set_cookie)
except ValueError as error:  # an invalid setting in the environment
    print(f"Backprop Lab cannot start. {error}", file=sys.stderr)
    sys.exit(2)


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """From the server's start to its end, after which no process is left."""
    async with runs.lifespan(), classes.lifespan():
        print(f"Backprop Lab is at {get_url('localhost')}", flush=True)
        yield
    cancel_downloads()
    end_trials()


app = st.App(
    "pages/navigation.py",
    routes=[*runs.routes, *classes.routes, *assets.routes(base)],
    lifespan=lifespan,
    middleware=[Middleware(NamedErrors), Middleware(Frames, sites=sites), Middleware(Preload, base=base), *runs.middleware],
    on_script_error=report_page_error,
)
