"""The live view's own files, served to the browser as they lie in pages/live."""

from pathlib import Path

from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

LIVE = Path(__file__).parent.parent / "live"


class Revalidated(StaticFiles):
    """Static files that the browser asks about each time: a new version of the app is never shown by half."""

    def file_response(self, *arguments, **options):
        response = super().file_response(*arguments, **options)
        response.headers["Cache-Control"] = "no-cache"
        return response


def routes(base=""):
    """The route to them, below the path `base`."""
    return [Mount(f"{base}/live-view", Revalidated(directory=LIVE))]
