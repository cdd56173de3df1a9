"""A learner's CSV: any content gives points or a one-sentence error."""

import csv
import io
import os
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib.data import DataError, Points, load_dataset, load_points, parse_points, points, save_points

GOOD = [(0.5 * i, -1.0 * (i % 4), "red" if i % 2 else "blue") for i in range(12)]


def as_csv(rows, separator=",", header=False, decimal="."):
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator)
    if header:
        writer.writerow(["x", "y", "label"])
    for x, y, label in rows:
        writer.writerow([repr(x).replace(".", decimal), repr(y).replace(".", decimal), label])
    return file.getvalue().encode()


def check_good(found, rows=GOOD):
    assert np.array_equal(found.X, [(x, y) for x, y, _ in rows])
    assert [found.class_names[k] for k in found.labels] == [label for *_, label in rows]
    assert found.X.dtype == np.float64 and found.labels.dtype == np.int64


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_and_headers(separator, header):
    check_good(parse_points(as_csv(GOOD, separator, header)))


@pytest.mark.parametrize("separator", [";", "\t"])
def test_decimal_commas_are_read_when_commas_are_not_separators(separator):
    check_good(parse_points(as_csv(GOOD, separator, decimal=",")))


def test_additions_of_spreadsheets_are_ignored():
    text = as_csv(GOOD).decode()
    check_good(parse_points(b"\xef\xbb\xbf" + text.encode()))
    check_good(parse_points(text.replace("\r\n", "\r").encode()))
    check_good(parse_points(("\n,,\n" + text + ",,\n \n").encode()))
    check_good(parse_points(("Label, X, Y\n" + "".join(f"{c} , {x}, {y}\n" for x, y, c in GOOD)).encode()))
    check_good(parse_points(text.replace("red", '"red"').encode()))


labels = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(lambda s: s.isprintable() and s.strip() == s)
coordinates = st.floats(-1e9, 1e9)


@st.composite
def tables(draw):
    classes = draw(st.lists(labels, min_size=2, max_size=10, unique=True))
    names = draw(st.permutations(classes * 3 + draw(st.lists(st.sampled_from(classes), min_size=4, max_size=20))))
    rows = [(draw(coordinates), draw(coordinates), name) for name in names]
    return [(0.0, 0.0, names[0]), (1.0, 1.0, names[1])] + rows


@settings(max_examples=60, deadline=None)
@given(tables(), st.sampled_from(",;\t"), st.booleans())
def test_a_written_file_can_be_read(rows, separator, header):
    check_good(parse_points(as_csv(rows, separator, header)), rows)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text('01.,;\t\n\r"-exyabl \ufeff\x00e\u2028', max_size=300).map(str.encode))
def test_arbitrary_bytes_are_points_or_a_data_error(data):
    try:
        assert isinstance(parse_points(data), Points)
    except DataError as error:
        assert len(str(error)) < 300 and "\n" not in str(error)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 200), st.binary(min_size=1, max_size=8))
def test_a_good_file_with_a_scratch_is_points_or_a_data_error(at, scratch):
    data = as_csv(GOOD)
    try:
        assert np.isfinite(parse_points(data[:at] + scratch + data[at + len(scratch) :]).X).all()
    except DataError:
        pass


def with_line(n, line):
    lines = as_csv(GOOD).splitlines()
    return b"\n".join(lines[: n - 1] + [line] + lines[n:])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no points"),
        (b"\n \n,,\n", "no points"),
        (b"x" * 2_000_001, "2,000,001 bytes"),
        (with_line(3, b"1,2,caf\xe9"), "Line 3 is not UTF-8"),
        (as_csv(GOOD).decode().encode("utf-16"), "Line 1 is not UTF-8"),
        (b"0.5,b,c\n" + as_csv(GOOD), "Line 1 does not have three columns, two numbers and a label"),
        (b"1,2\n" * 20, "Line 1 does not have three columns, two numbers and a label"),
        (with_line(4, b"1,2"), "Line 4 has 2 columns"),
        (with_line(4, b"1,2,a,b"), "Line 4 has 4 columns"),
        (with_line(5, b"nan,2,red"), "Line 5: x is 'nan'"),
        (with_line(5, b"1,-inf,red"), "Line 5: y is '-inf'"),
        (with_line(5, b"1,1_000,red"), "Line 5: y is '1_000'"),
        (with_line(5, b"1e999,2,red"), "Line 5: x is 1e999"),
        (with_line(5, b"2e9,2,red"), "Line 5: x is 2e9"),
        (with_line(5, b"9" * 400 + b",2,red"), "Line 5: x is 9999"),
        (with_line(6, b"1,2,"), "Line 6 has no label"),
        (with_line(6, b"1,2," + b"a" * 41), "Line 6 has a label"),
        (with_line(6, "1,2,a\u202eb".encode()), "Line 6 has a label"),
        (with_line(6, b"1,2,a\x00b"), "Line 6 has a label"),
        (with_line(6, b'1,2,"red'), "Line 6 cannot be read"),
        (with_line(6, b"1,2," + b"a" * 200_000), "Line 6 cannot be read"),
        (as_csv(GOOD[:9]), "9 points"),
        (as_csv([(x, y, "red") for x, y, _ in GOOD]), "Lines 1 to 12 all have the label 'red'"),
        (as_csv([(x, y, f"c{i // 3}") for i, (x, y, _) in enumerate(GOOD * 3)]), "Line 31 brings one label too many, 'c10'"),
        (as_csv(GOOD + [(1, 2, "green")] * 2), "Line 14: class 'green' has 2 points"),
        (as_csv([(1.0, 2.0, label) for *_, label in GOOD]), "one place"),
        (b"1,2,a\n" * 20_001, "Line 20001 is point 20,001"),
    ],
)  # fmt: skip
def test_each_violation_names_the_line_and_what_to_change(data, message):
    with pytest.raises(DataError) as caught:
        parse_points(data)
    assert message in str(caught.value)
    assert ": " in str(caught.value), "the sentence ends with what to do"


@pytest.mark.parametrize(
    "line", [b"9" * 130_000 + b"x,2,red", b"," * 130_000, b'"' * 130_000, b"1," * 60_000, b"\n" * 1_900_000]
)
def test_every_line_is_checked_quickly(line):
    start = time.process_time()
    try:
        parse_points(with_line(5, line))
    except DataError:
        pass
    assert time.process_time() - start < 5  # measured: 0.1


def test_the_limits_themselves_are_allowed():
    rows = [(float(i), 0.0, f"c{i % 10}") for i in range(20_000)]
    assert len(parse_points(as_csv(rows, header=True)).X) == 20_000
    check_good(parse_points(as_csv(GOOD[:10])), GOOD[:10])
    check_good(parse_points(as_csv([(1e9, -1e9, "a" * 40), *GOOD, (0, 0, "a" * 40), (0, 1, "a" * 40)])),
               [(1e9, -1e9, "a" * 40), *GOOD, (0, 0, "a" * 40), (0, 1, "a" * 40)])  # fmt: skip


def test_equal_points_have_equal_digests_and_can_be_loaded(folders):
    stored = parse_points(as_csv(GOOD))
    digest = save_points(stored)
    assert save_points(parse_points(as_csv(GOOD, ";", header=True))) == digest
    assert save_points(parse_points(as_csv(GOOD[:11]))) != digest
    check_good(load_points(digest))
    assert [p.suffix for p in (folders.parent / "runs" / "uploads").iterdir()] == [".npz", ".npz"]


@pytest.mark.parametrize("digest", [None, 7, "", "a" * 63, "A" * 64, "../" * 22, "g" * 64, "a" * 64 + "\n"])
def test_an_invalid_digest_is_rejected(digest, folders):
    with pytest.raises(DataError, match="64 hexadecimal"):
        load_points(digest)


def test_unknown_and_damaged_points_are_reported(folders):
    with pytest.raises(DataError, match="upload the file again"):
        load_points("0" * 64)
    digest = save_points(parse_points(as_csv(GOOD)))
    other = save_points(parse_points(as_csv(GOOD[:11])))
    uploads = folders.parent / "runs" / "uploads"
    whole = (uploads / f"{digest}.npz").read_bytes()
    for content in (whole[:100], b"", b"junk", (uploads / f"{other}.npz").read_bytes()):
        (uploads / f"{digest}.npz").write_bytes(content)
        with pytest.raises(DataError, match="damaged"):
            load_points(digest)
    np.savez(uploads / f"{digest}.npz", X=np.array([object()]), labels=0, class_names=0)
    with pytest.raises(DataError, match="damaged"):
        load_points(digest)


def test_the_store_keeps_the_newest_files(folders, monkeypatch):
    monkeypatch.setattr(points, "MOST_SETS", 3)
    uploads = folders.parent / "runs" / "uploads"
    digests = []
    for i in range(5):
        digests.append(save_points(Points(np.arange(24.0).reshape(12, 2) + i, np.arange(12) % 2, ("a", "b"))))
        os.utime(uploads / f"{digests[-1]}.npz", (i, i))
        if i == 3:
            load_points(digests[1])  # loading renews its time stamp
    remaining = {path.stem for path in uploads.iterdir()}
    assert remaining == {digests[1], digests[3], digests[4]}


def test_a_read_only_store_is_reported(folders):
    (folders.parent / "runs" / "uploads").write_text("a file where the folder should be")
    with pytest.raises(DataError, match="NNLIB_RUNS"):
        save_points(parse_points(as_csv(GOOD)))


def test_the_dataset_fills_the_square_and_keeps_its_shape(folders):
    rows = [(100.0 + 40 * x, 7 + 40 * y, c) for x, y, c in GOOD]
    digest = save_points(parse_points(as_csv(rows)))
    data = load_dataset("points", points=digest, train_share=0.5)
    assert [len(y) for y in (data.y_train, data.y_val, data.y_test)] == [6, 3, 3]
    assert data.class_names == ("blue", "red") and data.input_size == 2
    X = np.concatenate([data.X_train, data.X_val, data.X_test])
    assert X[:, 0].min() == -1 and X[:, 0].max() == 1
    assert np.ptp(X[:, 1]) / np.ptp(X[:, 0]) == pytest.approx(3 / 5.5)
    assert X[:, 1].min() == pytest.approx(-X[:, 1].max())


@pytest.mark.parametrize("share", [0.1, 0.9])
def test_the_smallest_set_still_has_three_parts(folders, share):
    data = load_dataset("points", points=save_points(parse_points(as_csv(GOOD[:10]))), train_share=share)
    assert min(len(y) for y in (data.y_train, data.y_val, data.y_test)) >= 1


def test_points_on_a_line_can_be_standardised(folders):
    digest = save_points(parse_points(as_csv([(x, 0.0, c) for x, _, c in GOOD])))
    assert np.isfinite(load_dataset("points", points=digest, standardise=True).X_train).all()


@pytest.mark.parametrize("header", [b"height;weight;sex", b"x;y;class", b"\xc3\xa4;\xc3\xb6;?"])
def test_the_header_may_use_any_column_names(header):
    lines = [f"{i},5;{2 * i};{'ab'[i % 2]}".encode() for i in range(12)]
    points = parse_points(b"\n".join([header, *lines]))
    assert points.X[3].tolist() == [3.5, 6.0] and points.class_names == ("a", "b")
