"""Files that the browser asks for by their names: modules of the browser's part of the app, the picture on Home."""

from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from pages.ui.browser_modules import FOLDERS, PAGES, modules_version

UNCHANGING = {"Cache-Control": "private, max-age=31536000, immutable"}
REVALIDATE = {"Cache-Control": "no-cache"}  # the browser asks each time whether it has changed


class Modules(StaticFiles):
    """The files of one folder. A browser does not ask again for what it has under the address of the present version."""

    def file_response(self, full_path: Any, stat_result: Any, scope: Scope, status_code: int = 200) -> Response:
        """Answer with a file. The address may name another version, after an update of this server or of one beside it."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(UNCHANGING if scope["path_params"]["version"] == modules_version() else REVALIDATE)
        return response


def routes(base: str = "") -> list[Mount | Route]:
    """The routes to them, below the path `base`."""
    modules = f"{base}/modules/{{version}}"
    return [
        *(Mount(f"{modules}/{name}", Modules(directory=folder)) for name, folder in FOLDERS.items()),
        Route(f"{base}/home-picture.webp", _home_picture),
    ]


def _home_picture(request: Request) -> Response:
    return FileResponse(PAGES / "home" / "learning.webp", headers=REVALIDATE)
