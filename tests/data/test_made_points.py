"""Points that a learner draws, makes of a function, or makes harder."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib.data import DataError, Points, drawn_points, parse_points, points_as_csv
from nnlib.data.harder_points import WAYS, add_noise, flip_labels, overlap, remove
from nnlib.data.points_of_function import points_of_function

TWELVE = [[i / 10, (i % 4) / 7, i % 2] for i in range(12)]


def drawing(points=TWELVE, classes=("class 1", "class 2", "class 3")):
    return {"points": [list(each) for each in points], "classes": list(classes)}


def test_a_drawing_becomes_points_of_the_classes_that_are_used():
    found = drawn_points(drawing([[x, y, 2 - 2 * k] for x, y, k in TWELVE]))
    assert found.class_names == ("class 1", "class 3")
    assert found.X.tolist() == [[x, y] for x, y, _ in TWELVE]
    assert found.labels.tolist() == [1 - k for *_, k in TWELVE]


@pytest.mark.parametrize(
    ("hostile", "message"),
    [
        (None, "could not be read"),
        ({"points": "0,0,0", "classes": ["a"]}, "could not be read"),
        (drawing([*TWELVE, [0, 0]]), "could not be read"),
        (drawing([*TWELVE, [0, 0, 3]]), "could not be read"),
        (drawing([*TWELVE, [0, 0, -1]]), "could not be read"),
        (drawing([*TWELVE, [0, 0, True]]), "could not be read"),
        (drawing([*TWELVE, [float("nan"), 0, 0]]), "could not be read"),
        (drawing([*TWELVE, [1e10, 0, 0]]), "could not be read"),
        (drawing([*TWELVE, [10**400, 0, 0]]), "could not be read"),
        (drawing([*TWELVE, ["0", 0, 0]]), "could not be read"),
        (drawing(classes=("a", "a")), "could not be read"),
        (drawing(classes=("a", ["b"])), "could not be read"),
        (drawing(classes=("a", "b\u0000")), "could not be read"),
        (drawing(classes=("a", "b" * 41)), "could not be read"),
        (drawing(classes=map(str, range(11))), "could not be read"),
        (drawing([[0, 0, 0]] * 20_001), "20,001 points"),
        (drawing(TWELVE[:9]), "9 points are too few"),
        (drawing([]), "0 points are too few"),
        (drawing([[x, y, 0] for x, y, _ in TWELVE]), "all have the label"),
        (drawing([*TWELVE, [0, 0, 2]]), "Class 'class 3' has 1 point, 3 is the least"),
        (drawing([[0.5, 0.5, k] for *_, k in TWELVE]), "all at one place"),
    ],
)
def test_a_drawing_is_checked_like_a_file(hostile, message):
    with pytest.raises(DataError, match=message):
        drawn_points(hostile)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["points", "classes"]), inner, max_size=2),
    max_leaves=12,
)


@settings(max_examples=30, deadline=None)
@given(JSON)
def test_whatever_the_browser_sends_gives_one_error(message):
    with pytest.raises(DataError):
        drawn_points(message)


numbers = st.floats(-1e9, 1e9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=12, max_size=20, unique=True))
def test_a_downloaded_file_has_the_same_points(pairs):
    made = Points(np.array(pairs), np.arange(len(pairs)) % 3, ("a, b", 'c "d"', "e;f|g"))
    read = parse_points(points_as_csv(made).encode())
    assert np.array_equal(read.X, made.X) and np.array_equal(read.labels, made.labels) and read.class_names == made.class_names


def clouds(n=60, classes=3):
    rng = np.random.default_rng(1)
    labels = np.arange(n) % classes
    return Points(rng.standard_normal((n, 2)) + 4 * labels[:, None], labels, ("a", "b", "c")[:classes])


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("n", [10, 60])
def test_harder_points_keep_the_rules_and_come_from_their_seed(name, share, n):
    points, way = clouds(n), WAYS[name]
    harder = [way.change(points, share * way.most, np.random.default_rng(5)) for _ in range(2)]
    assert np.array_equal(harder[0].X, harder[1].X) and np.array_equal(harder[0].labels, harder[1].labels)
    assert drawn_points(drawing(np.column_stack([harder[0].X, harder[0].labels]).tolist())).class_names
    changed = not (np.array_equal(harder[0].X, points.X) and np.array_equal(harder[0].labels, points.labels))
    assert changed == (share > 0 and (n > 10 or name != "fewer"))


def test_each_way_does_what_its_help_says():
    points, rng = clouds(300), np.random.default_rng(0)
    moved = add_noise(points, 0.1, rng).X - points.X
    assert moved.std() == pytest.approx(0.1 * np.ptp(points.X, axis=0).max() / 2, rel=0.1)
    assert (flip_labels(points, 0.2, rng).labels != points.labels).mean() == pytest.approx(0.2)
    assert len(remove(points, 0.75, rng).X) == 75
    middles = [overlap(points, 0.5, rng).X[points.labels == k].mean() for k in range(3)]
    assert np.diff(middles) == pytest.approx(np.diff([points.X[points.labels == k].mean() for k in range(3)]) / 2)


@pytest.mark.parametrize("f", [np.sin, lambda x: 1 / x, lambda x: np.exp(5 * x), lambda x: 0 * x, lambda x: np.sign(x) * 100])
def test_points_lie_on_their_side_of_the_function(f):
    for n in (10, 301):
        points, (low, high, bottom, top) = points_of_function(f, -3, 3, n)
        x, y = points.X.T
        assert len(x) == n and abs(np.diff(np.bincount(points.labels))) <= 1
        assert np.array_equal(points.labels == 0, y > f(x)) and points.class_names == ("above", "below")
        assert (low, high, top - bottom) == (-3, 3, pytest.approx(6)) and bottom <= y.min() and y.max() <= top


def test_noise_lets_the_classes_overlap_and_the_seed_repeats_them():
    noisy, again, other = (points_of_function(np.sin, -3, 3, 200, 0.2, seed)[0] for seed in (1, 1, 2))
    wrong = (noisy.labels == 0) != (noisy.X[:, 1] > np.sin(noisy.X[:, 0]))
    assert 0.02 < wrong.mean() < 0.4
    assert np.array_equal(noisy.X, again.X) and not np.array_equal(noisy.X, other.X)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"low": 1, "high": 1}, "larger"),
        ({"low": 2, "high": -2}, "larger"),
        ({"high": 1e5}, "high"),
        ({"n": 9}, "n = 9"),
        ({"n": 2001}, "n = 2001"),
        ({"noise": -1}, "noise"),
        ({"noise": float("nan")}, "noise"),
        ({"seed": -1}, "seed"),
        ({"f": lambda x: x**8, "low": -1000, "high": 1000}, "smaller numbers"),
    ],
)
def test_invalid_arguments_of_a_function_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        points_of_function(**{"f": np.sin, "low": -3, "high": 3, **arguments})
