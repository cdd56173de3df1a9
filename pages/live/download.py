"""The offer to download a data set: one process for the whole server, whose progress every page shows."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import streamlit as st

from pages.ui.plain_text import plain, plain_with_code

ROOT = Path(__file__).parents[2]
POLL = 0.5  # seconds between two updates of the progress


class Download:
    """`python -m nnlib data fetch NAME --json`, and the last event it has printed."""

    def __init__(self, name: str):
        self.name = name
        self.process: subprocess.Popen[str] | None = None
        self.last: dict = {}
        self.error: str | None = None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        if self.running:
            return
        self.last, self.error = {}, None
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nnlib", "data", "fetch", self.name, "--json"],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()

    def cancel(self) -> None:
        if self.running:
            self.process.terminate()

    def _read(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout:
            try:
                self.last = json.loads(line)
            except ValueError:
                continue
        errors = process.stderr.read().strip().splitlines()
        if process.wait() > 0:
            self.error = errors[-1].removeprefix("nnlib: ") if errors else "The download ended early."


_downloads: dict[str, Download] = {}


def cancel_downloads() -> None:
    """End the processes of all downloads. For a server that ends."""
    for download in _downloads.values():
        download.cancel()


def offer_download(name: str, title: str, how: str) -> None:
    """Show that the data set is missing, with a button to download it, or the progress of the download.

    Parameters
    ----------
    name, title
        Of the data set.
    how
        What else can be done: a sentence without its full stop.
    """
    text = f"**{title}** is not on this machine yet. It is about 170 MB, downloaded once."
    _offer(name, text, "Download it", f"Or {plain_with_code(how)}.")


def offer_conversion(name: str, title: str) -> None:
    """Show that the data set is here, but has not been used yet, with a button to convert it, or the progress of that."""
    text = f"**{title}** is converted once, before images and the signal in each layer can be shown. Start does it, too."
    _offer(name, text, "Convert it now", "")


def _offer(name, text, action, note):
    """Both are done by the same command: it downloads what is missing, and converts what it finds."""
    download = _downloads.setdefault(name, Download(name))

    @st.fragment(run_every=POLL if download.running else None)
    def panel() -> None:
        if not download.running and st.session_state.pop("download_seen", False) and not download.error:
            st.rerun()
        with st.container(border=True, key="download"):
            st.markdown(text)
            if download.running:
                st.session_state["download_seen"] = True
                done, total = download.last.get("done") or 0, download.last.get("total") or 0
                st.progress(min(1.0, done / total) if total else 0.0, text=download.last.get("what") or "Starting")
                st.button("Cancel", key="download_cancel", on_click=download.cancel)
            else:
                if download.error:
                    st.error(plain(download.error), icon=":material/cloud_off:")
                if st.button(action, key="download_start", icon=":material/download:"):
                    download.start()
                    st.rerun()
                st.caption(note)

    panel()
