"""Files that the browser asks for by their names: modules of the browser's part of the app, the picture on Home."""

from pathlib import Path

from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

PAGES = Path(__file__).parent
REVALIDATE = {"Cache-Control": "no-cache"}  # the browser asks each time, so it never mixes two versions of the app


class Revalidated(StaticFiles):
    """Static files with that header."""

    def file_response(self, *arguments, **options):
        response = super().file_response(*arguments, **options)
        response.headers.update(REVALIDATE)
        return response


def routes(base: str = "") -> list[Mount | Route]:
    """The routes to them, below the path `base`."""
    return [
        Mount(f"{base}/live-view", Revalidated(directory=PAGES / "live" / "browser")),
        Mount(f"{base}/class-view", Revalidated(directory=PAGES / "classroom" / "browser")),
        Mount(f"{base}/drawing", Revalidated(directory=PAGES / "train" / "drawing" / "browser")),
        Route(f"{base}/home-picture.webp", _home_picture),
    ]


def _home_picture(request):
    return FileResponse(PAGES / "home" / "learning.webp", headers=REVALIDATE)
