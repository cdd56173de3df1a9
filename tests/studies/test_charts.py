"""What a reader sees of the charts of a study: names of axes, marks with their values, and legends."""

import pytest

from nnlib.studies.axes import AXES
from nnlib.studies.charts import CELLS_WITH_TEXT, best_of, figure, learning_curves, parallel_coordinates
from nnlib.studies.records import PRUNED
from tests.studies.studies_helpers import record, tiny


def layers(chart, mark=None):
    """The layers of a chart as Vega-Lite, with this mark."""
    found = chart.to_dict()["layer"]
    return [layer for layer in found if mark in (None, layer["mark"]["type"])]


def axis_titles(layer):
    return {channel: layer["encoding"][channel]["title"] for channel in ("x", "y")}


def test_a_logarithmic_axis_is_fixed_from_the_start_and_has_ticks_up_to_its_ends():
    settings = tiny("lr", learning_rate_values=(0.001, 0.03, 0.1), trials=3)
    for records in ([], [record(0, 0.5, learning_rate=0.03)]):
        for layer in layers(figure(settings, records)):
            x = layer["encoding"]["x"]
            assert x["title"] == AXES["learning_rate"].title
            assert x["scale"]["type"] == "log" and x["scale"]["domain"] == [0.001, 0.1]
            assert x["axis"]["values"] == [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1]


def grid_of(columns, lines):
    settings = tiny(
        "grid", trials=columns * lines, hidden_values=tuple(range(2, 2 + columns)),
        learning_rate_values=tuple(0.01 * (i + 1) for i in range(lines)),
    )  # fmt: skip
    points = [(hidden, rate) for hidden in settings.hidden_values for rate in settings.learning_rate_values]
    return settings, [record(i, 0.5 + 0.001 * i, hidden=h, learning_rate=r) for i, (h, r) in enumerate(points)]


def test_a_heat_map_names_both_axes_and_marks_the_best_cell():
    settings, records = grid_of(3, 2)
    chart = figure(settings, records)
    places, cells, ring, *_ = layers(chart)
    across, up = (AXES[name].title for name in settings.vary)
    assert axis_titles(places) == axis_titles(cells) == {"x": across, "y": up}
    assert [row["trial"] for row in chart.to_dict()["data"]["values"] if row["best"]] == [5]
    assert ring["transform"] == [{"filter": "datum.best"}]
    for layer in layers(figure(settings, [])):  # the axes are fixed before the first trial
        domains = [layer["encoding"][channel]["scale"]["domain"] for channel in ("x", "y")]
        assert domains == [list(settings.hidden_values), list(settings.learning_rate_values[::-1])]


@pytest.mark.parametrize("columns", [CELLS_WITH_TEXT, CELLS_WITH_TEXT + 1])
def test_accuracies_are_written_into_cells_where_there_is_room(columns):
    texts = layers(figure(*grid_of(columns, 2)), "text")
    assert [each["encoding"]["text"]["field"] for each in texts] == ["accuracy"] * (columns <= CELLS_WITH_TEXT)


def test_a_line_over_the_trials_shows_the_best_so_far():
    settings = tiny("free", vary=("hidden", "learning_rate"), sampler="random", trials=4)
    accuracies = [0.5, 0.4, 0.7, 0.6]
    records = [record(i, accuracy, hidden=2, learning_rate=0.1) for i, accuracy in enumerate(accuracies)]
    chart = figure(settings, [*records[::-1], record(4, 0.9, PRUNED, hidden=2, learning_rate=0.1)])
    (line,) = layers(chart, "line")
    assert [line["encoding"][channel]["field"] for channel in ("x", "y")] == ["trial", "so_far"]
    assert [row["so_far"] for row in chart.to_dict()["data"]["values"]] == [0.5, 0.5, 0.7, 0.7]


def test_parallel_lines_go_through_the_place_of_each_value():
    settings = tiny(
        "free", vary=("hidden", "learning_rate"), sampler="random", trials=3,
        hidden_values=(10, 30), learning_rate_values=(0.001, 0.1),
    )  # fmt: skip
    points = [(10, 0.1, 0.5), (30, 0.001, 0.9), (15, 0.01, 0.6)]
    records = [record(i, accuracy, hidden=h, learning_rate=rate) for i, (h, rate, accuracy) in enumerate(points)]
    chart = parallel_coordinates(settings, records)
    posts, lines = layers(chart, "line")
    (ends,) = layers(chart, "text")
    names = [*(AXES[name].title for name in settings.vary), "validation accuracy"]
    assert lines["encoding"]["x"]["sort"] == names and lines["encoding"]["x"]["axis"]["labelAngle"] == 0
    assert [each["encoding"]["detail"]["field"] for each in (posts, lines)] == ["axis", "trial"], "a line for each"
    places = {(row["trial"], row["axis"]): row["place"] for row in lines["data"]["values"]}
    expected = {0: (0, 1, 0), 1: (1, 0, 1), 2: (0.25, 0.5, 0.25)}
    assert places == pytest.approx({(i, name): at for i in expected for name, at in zip(names, expected[i])})
    assert [row["trial"] for row in lines["data"]["values"]] == [0] * 3 + [2] * 3 + [1] * 3, "the best is drawn on top"
    assert lines["encoding"]["color"]["field"] == "accuracy" and lines["encoding"]["color"]["legend"]["format"] == ".0%"
    texts = [(row["axis"], row["text"]) for row in ends["data"]["values"]]
    assert texts == list(zip(sorted(names * 2, key=names.index), ["10", "30", "0.001", "0.1", "50.0\u00a0%", "90.0\u00a0%"]))
    assert {layer["encoding"]["y"]["axis"] for layer in (posts, lines, ends)} == {None}, "only the texts name the ends"


@pytest.mark.parametrize(
    "params, columns",
    [
        ({"hidden": 2}, 3),
        ({"hidden": 64, "learning_rate": 0.0123}, 3),
        ({"hidden": 64, "learning_rate": 0.0123, "reg": 0.001}, 2),
        ({"hidden": 64, "learning_rate": 0.0123, "reg": 0.00123, "iterations": 10_000, "batch_size": 1000}, 1),
    ],
)
def test_a_legend_has_as_many_columns_as_fit_on_a_phone(params, columns):
    settings = tiny("free", vary=tuple(params), sampler="random", trials=1)
    colour = learning_curves(settings, [record(0, 0.5, **params)]).to_dict()["encoding"]["color"]
    assert colour["legend"]["columns"] == columns
    assert colour["title"] == ", ".join(AXES[name].title for name in params)


def test_the_best_of_several_trials_is_named():
    assert best_of([record(0, 0.5, PRUNED, hidden=2)]) == "No trial is finished yet"
    assert best_of([record(0, 0.5, hidden=2)]).endswith("hidden size 2 is the best of 1 trial")
