"""Other sites that the operator trusts: those in $NNLIB_ALLOWED_ORIGINS may open the live view, as the pages of this server
may, and those in $NNLIB_FRAME_SITES may show the app in a frame.
"""

import logging
import os
import re

from nnlib.support.validation import shown

VARIABLE = "NNLIB_ALLOWED_ORIGINS"
FRAMES = "NNLIB_FRAME_SITES"
ORIGIN = re.compile(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?/?")
DEFAULT_PORTS = {"http": "80", "https": "443"}  # browsers leave them out
LOGGED = (
    "The live view was refused to a page of the origin %s, as its request names the host %s. If the page is this app behind a "
    f"proxy, have the proxy pass on the Host header, or set {VARIABLE} to that origin."
)
MOST_LOGGED = 100  # origins: a client may invent any number of them

logger = logging.getLogger(__name__)


class Origins:
    """The allowed origins. Raises ValueError if the variable names something that is no origin."""

    def __init__(self) -> None:
        self._allowed = _origins_in(VARIABLE)
        self._logged: set[str] = set()

    def refusal(self, origin: str, host: str) -> str | None:
        """Return why a page must not open the live view, None if it may.

        Parameters
        ----------
        origin, host : the headers of its request, "" where there is none
        """
        if origin in self._allowed or (host and origin.partition("://")[2] == host):
            return None
        if origin not in self._logged and len(self._logged) < MOST_LOGGED:
            self._logged.add(origin)
            logger.warning(LOGGED, shown(origin, 300), shown(host, 300))
        return f"The server's operator has to allow {origin or 'pages without an origin'} in {VARIABLE}."


def frame_sites() -> list[str]:
    """Return the origins whose pages may show the app in a frame. Raises ValueError if the variable names something else."""
    return _origins_in(FRAMES)


def _origins_in(variable):
    entries = (entry.strip() for entry in os.environ.get(variable, "").split(","))
    return [_origin(variable, entry) for entry in entries if entry]


def _origin(variable, entry):
    """The origin in the form in which browsers send it."""
    match = ORIGIN.fullmatch(entry.lower())
    if match is None:
        raise ValueError(f"{variable} = {shown(entry)}: must be origins such as https://lab.example.org, separated by commas.")
    scheme, host, port = match.groups()
    return f"{scheme}://{host}" if port in (None, DEFAULT_PORTS[scheme]) else f"{scheme}://{host}:{port}"
