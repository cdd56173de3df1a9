"""The files that the browser asks for by their names."""

import asyncio
import os
import shutil

import httpx
import pytest
from starlette.applications import Starlette

from pages import assets
from pages.ui import browser_modules
from pages.ui.browser_modules import FOLDERS, modules_path


def get(path):
    async def answer():
        transport = httpx.ASGITransport(Starlette(routes=assets.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://lab") as client:
            return await client.get(path)

    return asyncio.run(answer())


@pytest.mark.parametrize("module", [f"{name}/{next(folder.glob('*.js')).name}" for name, folder in FOLDERS.items()])
def test_a_browser_may_keep_a_module_without_asking_again(module):
    answer = get(f"{modules_path()}/{module}")
    assert answer.status_code == 200 and "javascript" in answer.headers["content-type"]
    assert "immutable" in answer.headers["cache-control"]


def test_a_module_of_another_version_is_asked_for_again():
    """After an update of the server, or of one beside it, the address that a page names may not be that of the file."""
    answer = get("/modules/0123456789abcdef/live-view/view.js")
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-cache"


def test_nothing_outside_the_folders_is_served():
    assert get(f"{modules_path()}/live-view/%2e%2e/live_view.py").status_code == 404
    assert get(f"{modules_path()}/live-view/none.js").status_code == 404


def test_modules_that_change_have_another_address(tmp_path, monkeypatch):
    copy = shutil.copytree(FOLDERS["class-view"], tmp_path / "class-view")
    monkeypatch.setattr(browser_modules, "FOLDERS", FOLDERS | {"class-view": copy})
    before = modules_path()
    changed = copy / "bar.js"
    changed.write_text(changed.read_text() + "// another\n")
    os.utime(changed, (1, 1))  # of an archive that is older than the other files
    assert modules_path() != before
