"""Runs the callbacks of all widgets that the learner has used, to their end.

With `runner.fastReruns` off (.streamlit/config.toml), one thread runs the pages of a visitor. A request that comes meanwhile
waits, and two that wait become one. Streamlit would then lose what a widget has sent in two cases:

- The newer request ends the run at the next use of `st.session_state`, even if its callbacks have not run yet, or not to their
  end. They would never run again.
- The newer request does not name the widget. That of a link, for example, names none.

Source: streamlit/runtime/scriptrunner/script_runner.py and scriptrunner_utils/script_requests.py of the pinned version.
"""

from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner import ScriptRunner, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils import script_requests

_end_if_asked = ScriptRunner._maybe_handle_execution_control_request
_join = script_requests._coalesce_widget_states


def let_callbacks_finish() -> None:
    """From now on, only the page itself is ended early, never the callbacks before it, and they hear of every widget.

    Not for callbacks: `st.switch_page` and `st.stop` do not end one.
    """
    ScriptRunner._maybe_handle_execution_control_request = _end_page_if_asked
    script_requests._coalesce_widget_states = _join_all


def _end_page_if_asked(self: ScriptRunner) -> None:
    run = get_script_run_ctx(suppress_warning=True)
    if run is None or run.has_script_started:
        _end_if_asked(self)


def _join_all(old: WidgetStates | None, new: WidgetStates | None) -> WidgetStates | None:
    """The widgets' states of two requests that wait: the new ones, and the old ones of widgets that have no new one."""
    joined = _join(old, new)
    if old and new:
        names = {state.id for state in joined.widgets}
        joined.widgets.extend(state for state in old.widgets if state.id not in names)
    return joined
