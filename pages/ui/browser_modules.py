"""The modules of the browser's part of the app, under an address that changes with their content.

A browser that has them asks for none of them again.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

from pages.ui.base_path import base_path

PAGES = Path(__file__).parents[1]
FOLDERS = {
    "live-view": PAGES / "live" / "browser",
    "class-view": PAGES / "classroom" / "browser",
    "drawing": PAGES / "train" / "drawing" / "browser",
}

# The address of the folders, in the script of a component: absolute, because Streamlit loads that script from a blob. A tab
# that is open while the server is updated keeps the modules that it has: others would draw a second view over the first.
MODULES = "(globalThis.backpropLabModules ??= location.origin + component.data.modules)"


def modules_path() -> str:
    """Return the path of these folders: a module is at f"{modules_path()}/live-view/view.js"."""
    return f"{base_path()}/modules/{modules_version()}"


def modules_version() -> str:
    """Return a digest of all modules. They are read again when a file has changed."""
    files = ((path, path.stat()) for folder in FOLDERS.values() for path in sorted(folder.glob("*.js")))
    return _digest(tuple((path, about.st_mtime_ns, about.st_size) for path, about in files))


@cache
def _digest(files):
    digest = sha256()
    for path, *_ in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
