"""The parts of a replay; tests/e2e/test_exported_run.py opens one."""

import base64
import gzip
import json
import re

import numpy as np
import pytest

from nnlib.export import replay as module
from nnlib.runs.take_home import FORMS
from tests.runs.runs_helpers import new_run, work_on


def content_of(page):
    packed = re.search(r'id="content">([^<]*)<', page).group(1)
    return json.loads(gzip.decompress(base64.b64decode(packed)))


@pytest.mark.parametrize("part", ["weight_pictures", "layers"])
def test_the_largest_parts_are_left_out_where_they_would_be_too_large(monkeypatch, part):
    monkeypatch.setitem(module.MOST_BYTES, part, 1000)
    pixels = base64.b64encode(np.random.default_rng(0).bytes(150)).decode()  # can be compressed to about 250 bytes
    frames = [{"step": step, part: {"pixels": pixels}, "diagnostics": "not shown"} for step in range(10)]
    shown = content_of(module.replay("<title>", [{"label": "H 50"}], frames))["frames"]
    assert [frame["step"] for frame in shown if part in frame] == [0, 3, 6, 9]
    assert [frame["step"] for frame in shown] == list(range(10)) and "diagnostics" not in shown[0]


def test_every_module_is_in_the_page():
    page = module.replay("<title>", [{"label": "H 50"}], [])
    assert "<title>&lt;title&gt;</title>" in page
    modules = json.loads(re.search(r'type="importmap">([^<]*)<', page).group(1))["imports"]
    texts = {name: base64.b64decode(address.partition(",")[2]).decode() for name, address in modules.items()}
    imported = {name for text in texts.values() for name in re.findall(r'from "([^"]*)"', text)}
    assert imported == texts.keys() - {"replay.js"}


def test_a_run_without_snapshots_cannot_be_replayed(runs):
    run = new_run(iterations=3)
    work_on(run)
    (run.path / "snapshots.bin").unlink()
    with pytest.raises(ValueError, match="no snapshots to replay"):
        FORMS["html"].of_run(run)
