"""The leaderboard: the best first, equal networks in one row, and the presets always included."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from nnlib.deep.settings import MLP_PRESETS, DepthTable, MlpExperiment
from nnlib.runs.leaderboard import add
from pages.depth.leaderboard import MOST, duration, lines_of
from pages.depth.settings import DEPTH
from pages.settings.settings_url import read_link
from tests.pages.opened import opened

HE = MlpExperiment(init="he", depth=3)


def entry(experiment, val, **others):
    return {
        "run": "a-secret-run-id", "index": 0, "settings": experiment.to_dict(), "val_accuracy": val,
        "test_accuracy": val - 0.01, "seconds": 75.0, "epochs": experiment.epochs, "samples_per_second": 1e5,
        "device": "processor, 2 threads", "finished": 1.7e9, "stopped": False, **others,
    }  # fmt: skip


@pytest.fixture
def page(tmp_path, monkeypatch):
    """A function that opens the part with these entries."""
    for name in ("NNLIB_DATA", "NNLIB_RUNS", "NNLIB_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))

    def open_it(*found):
        for index, each in enumerate(found):
            add(each | {"index": index})
        return opened("depth", part="leaderboard")

    return open_it


def table(at):
    return next(each.value for each in at.html if 'data-testid="leaderboard"' in each.value)


def rows(at):
    return [unescape(row) for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", table(at))]


def linked(row):
    address = re.search(r'href="([^"]*)"', row)[1]
    assert urlsplit(address).path == "/depth"
    settings, _, messages = read_link(DEPTH, dict(parse_qsl(urlsplit(address).query)))
    assert not messages
    return settings


def test_presets_can_be_opened_before_any_run(page):
    at = page()
    assert [DEPTH.preset_of(linked(row)) for row in rows(at)] == list(MLP_PRESETS)
    assert all("not run here yet" in row for row in rows(at))
    assert any("Train one" in each.value for each in at.markdown)


def test_the_best_comes_first_with_all_its_details(page):
    at = page(entry(HE, 0.51), entry(MLP_PRESETS["best"], 0.686, seconds=112.4, device="NVIDIA H100"))
    first, second, *waiting = rows(at)
    for word in (
        ">1<",
        "The best MLP we know",
        "3 layers of 2048",
        "68.6\u00a0%",
        "67.6\u00a0%",
        "1 min 52 s",
        "NVIDIA H100",
        "one cycle",
    ):
        assert word in first
    for word in (">2<", "3 layers: 50, 40, 30", "51.0\u00a0%", "He, Adam at 0.001"):
        assert word in second
    assert len(waiting) == 4
    assert not any("a-secret-run-id" in each.value for each in at.html)


def test_a_row_opens_its_own_settings(page):
    at = page(entry(replace(HE, seed=4), 0.51))
    assert linked(rows(at)[0]) == DepthTable().having(init="he", depth=3, seed=4)


def test_dozens_of_equal_networks_are_one_row(page):
    equal = [entry(replace(MlpExperiment(), seed=seed, device="cpu"), 0.48 + seed / 10_000) for seed in range(40)]
    at = page(*equal, entry(MlpExperiment(widths=(50, 40)), 0.5), entry(HE, 0.1))
    first, second, *waiting = rows(at)
    assert "the best of 41" in first and "50.0\u00a0%" in first and "The report's network" in first
    assert "the best of" not in second
    assert len(waiting) == 4


def test_settings_that_do_not_apply_do_not_distinguish_networks():
    same = [entry(replace(HE, std=0.5), 0.5), entry(HE, 0.4)]
    assert [line.count for line in lines_of(same, "cifar10") if line.best] == [2]


def test_each_data_set_has_a_separate_list(page):
    digits = MlpExperiment(dataset="digits")
    at = page(entry(digits, 0.97), entry(HE, 0.5))
    assert len(rows(at)) == 1 + len(MLP_PRESETS)
    at.get_by_key("leaderboard_dataset_cifar10").set_value("digits").run()
    assert not at.exception
    (row,) = rows(at)
    assert "97.0\u00a0%" in row and linked(row).network.dataset == "digits"


def test_an_empty_list_shows_no_table(page):
    at = page()
    at.get_by_key("leaderboard_dataset_cifar10").set_value("digits").run()
    assert not at.exception
    assert not any('data-testid="leaderboard"' in each.value for each in at.html)


def test_a_stopped_network_is_marked_with_its_progress(page):
    first, second, *_ = rows(page(entry(HE, 0.4, epochs=2.4, stopped=True), entry(MlpExperiment(), 0.3)))
    assert "2.4 of 10" in first and "stopped" in first
    assert "stopped" not in second


def test_a_long_list_shows_the_best_and_the_presets_and_counts_the_rest(page):
    networks = [entry(replace(HE, learning_rate=n / 1000), 0.9 - n / 1000) for n in range(1, MOST + 10)]
    at = page(*networks, entry(MLP_PRESETS["best"], 0.1))
    *best, preset, waiting, _, _, _ = rows(at)
    assert len(best) == MOST
    assert f">{MOST + 10}<" in preset and "The best MLP we know" in preset
    assert "not run here yet" in waiting
    assert any("9 more with a lower accuracy are not shown" in each.value for each in at.caption)


def test_a_new_entry_appears_on_the_next_run_of_the_page(page):
    at = page(entry(HE, 0.5))
    add(entry(replace(HE, depth=4), 0.6, run="another"))
    at.run()
    assert "60.0\u00a0%" in rows(at)[0]


def test_the_name_of_a_device_is_escaped(page):
    assert "&lt;b&gt;GPU" in table(page(entry(HE, 0.5, device="<b>GPU</b>")))


@pytest.mark.parametrize(
    "seconds, text",
    [(0.31, "0.3 s"), (21.4, "21 s"), (59.7, "1 min 0 s"), (112, "1 min 52 s"), (3599.6, "1 h 0 min"), (7530, "2 h 5 min")],
)
def test_durations(seconds, text):
    assert duration(seconds) == text
