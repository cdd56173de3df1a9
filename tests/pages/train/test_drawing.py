"""The dialog of a learner's own points: what the browser sends, and points of a function."""

from functools import partial

import pytest

from nnlib.data import load_points
from pages.train.drawing.dialog import KEY, Open, take_harder, take_used
from pages.train.drawing.surface import drawing_of, empty_drawing
from tests.pages.as_shown import as_shown
from tests.pages.opened import opened

open_page = partial(opened, "train", dataset="points")
ROWS = [[i / 10, (i % 4) / 7, i % 2] for i in range(12)]
DRAWING = {"points": ROWS, "classes": ["class 1", "class 2"]}


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_RUNS", str(tmp_path))


def test_a_drawing_is_stored_as_an_upload_is():
    dialog, used = Open(None, empty_drawing()), []
    take_used(dialog, DRAWING, used.append)
    assert load_points(used[0]).X.tolist() == [row[:2] for row in ROWS]
    assert dialog.done and dialog.error is None
    assert drawing_of(load_points(used[0]), used[0])["points"] == ROWS


@pytest.mark.parametrize("message", ["all", {}, {**DRAWING, "points": ROWS[:5]}, {**DRAWING, "points": [["x", 0, 0]] * 12}])
def test_what_cannot_be_used_is_refused_with_a_message(message):
    dialog, used = Open(None, empty_drawing()), []
    for take in (lambda: take_used(dialog, message, used.append), lambda: take_harder(dialog, message)):
        before = dialog.number
        take()
        assert dialog.number == before + 1 and dialog.error[1]
    assert not used and not dialog.done and dialog.drawing == empty_drawing()


def test_points_are_made_harder_from_a_seed():
    results = []
    for seed in (1, 1, 2):
        dialog = Open(None, empty_drawing())
        take_harder(dialog, {**DRAWING, "way": "noise", "amount": 0.2, "seed": seed})
        results.append(dialog.drawing["points"])
        assert dialog.drawing["version"] != "empty" and dialog.error is None
    assert results[0] == results[1] != results[2]


@pytest.mark.parametrize(
    "change",
    [{"way": "eval"}, {"way": None}, {"amount": 9}, {"amount": "1"}, {"amount": float("nan")}, {"seed": -1}, {"seed": 0.5}],
)
def test_invalid_changes_change_nothing(change):
    dialog = Open(None, empty_drawing())
    take_harder(dialog, {**DRAWING, "way": "noise", "amount": 0.2, "seed": 0, **change})
    assert next(iter(change)) in dialog.error[1] and dialog.drawing == empty_drawing()


def test_points_that_do_not_fit_widen_the_plane():
    dialog = Open(None, empty_drawing())
    take_harder(dialog, {**DRAWING, "points": [[9 * x, y, k] for x, y, k in ROWS], "way": "flip", "amount": 0.1, "seed": 0})
    low, high, bottom, top = dialog.drawing["extent"]
    assert low < 0 and high > 9.9 and top - bottom == pytest.approx(high - low)


def test_points_of_a_function_are_drawn_and_a_text_that_fails_says_why():
    at = open_page()
    at.get_by_key("points_draw").click().run()

    def draw(text):
        at.get_by_key("points_function_text").set_value(text)
        next(button for button in at.button if button.label == "Draw these points").click().run()
        assert not at.exception
        return at.session_state[KEY].drawing["points"]

    assert draw("log(x)") == []
    assert "f(x) has no value for x < 0" in as_shown(at.error[0].value)
    points = draw("y = 0,5x² − |x|")
    assert not at.error and len(points) == 300
    assert all((y > x * x / 2 - abs(x)) == (k == 0) for x, y, k in points)
    assert "0.5 x^{2}" in next(each.value for each in at.caption if "above and below" in each.value)


def test_the_format_stands_beside_the_upload_and_points_in_use_can_be_downloaded_and_changed():
    at = open_page()
    assert at.get_by_key("points_draw").label == "Draw points"
    example = next(each.value for each in at.code if each.value.startswith("x,y,label"))
    assert len(example.splitlines()) == 4
    rows = "".join(f"{x},{y},{k}\n" for x, y, k in ROWS)
    at.file_uploader[0].upload("mine.csv", rows.encode()).run()
    assert "12 points" in at.get_by_key("points_download").label
    at.get_by_key("points_draw").click().run()
    assert at.session_state[KEY].drawing["points"] == ROWS
    assert not at.exception
