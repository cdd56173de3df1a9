"""The download that a page offers: it runs as a process, reports its progress, and can be cancelled."""

import subprocess
import sys
import time

from streamlit.testing.v1 import AppTest

from pages.live import download as module
from pages.live.download import Download, cancel_downloads
from tests.patience import PATIENCE


def wait_until(true):
    end = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    assert true()


def test_an_available_data_set_ends_at_once():
    download = Download("digits")
    download.start()
    wait_until(lambda: not download.running and download.last)
    assert download.last["event"] == "result"
    assert download.error is None


def test_a_failure_is_reported_in_one_line():
    download = Download("nonsense")
    download.start()
    wait_until(lambda: download.error)
    assert "nonsense" in download.error
    assert "\n" not in download.error and not download.error.startswith("nnlib:")


def test_a_download_can_be_cancelled_and_restarted():
    download = Download("digits")
    download.cancel()  # has no effect when nothing runs
    download.start()
    process = download.process
    download.cancel()
    process.wait(PATIENCE)
    assert not download.running
    download.start()
    wait_until(lambda: not download.running and download.last)
    assert download.error is None


def test_no_download_outlives_the_server(monkeypatch):
    download = Download("digits")
    monkeypatch.setattr(module, "_downloads", {"digits": download})
    download.process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    cancel_downloads()
    download.process.wait(PATIENCE)


def test_the_offer_shows_a_command_as_code():
    def page():
        from pages.live.download import offer_download

        offer_download("digits", "Digits", "run `python -m nnlib data fetch digits` in <this> folder")

    at = AppTest.from_function(page).run()
    assert at.caption[0].value == r"Or run `python -m nnlib data fetch digits` in \<this\> folder."
