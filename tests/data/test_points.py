"""A learner's CSV: any content gives points or a one-sentence error."""

import csv
import io
import os
import re
import time
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib.data import DataError, Points, load_dataset, load_points, parse_points, points, points_file, save_points
from nnlib.runs import pictures

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


def is_a_label(text):
    readable = text.isprintable() and text.strip() == text == unicodedata.normalize("NFC", text)
    return readable and not points_file._is_number(text) and not re.match(r"#(\s|$)", text)  # which begins a comment


labels = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(is_a_label)
coordinates = st.floats(-1e9, 1e9)


@st.composite
def tables(draw):
    classes = draw(st.lists(labels, min_size=2, max_size=10, unique=True))
    names = draw(st.permutations(classes * 3 + draw(st.lists(st.sampled_from(classes), min_size=4, max_size=20))))
    rows = [(draw(coordinates), draw(coordinates), name) for name in names]
    return [(0.0, 0.5, names[0]), (1.0, 1.0, names[1])] + rows


NAMES = st.sampled_from([("x", "y", "label"), ("X1", "X2", "Class"), ("x_1", "x_2", "y"), ("X (cm)", "Y (cm)", "Species")])
TITLES = {None: "", "title": "Drawn by hand\n\n", "comment": "# x and y in cm\n", "comments": "# one\n#\n# two, three\n"}


@st.composite
def files(draw, rows):
    """The rows as one of the many programs would write them that people have."""
    separator, newline = draw(st.sampled_from(",;\t| ")), draw(st.sampled_from(["\n", "\r\n"]))
    mark = "." if separator == " " else draw(st.sampled_from(".,"))  # "0,5 red 1,5" could also be separated by its commas
    names, order = draw(st.none() | NAMES), draw(st.permutations(range(3)))
    index, trailing, minus = draw(st.booleans()), draw(st.booleans()), draw(st.sampled_from("-\u2212"))
    if names is None:
        order = [i for i in order if i != 1]
        order.insert(order.index(0) + 1, 1)  # unnamed coordinates are in their order
    table = [
        [repr(x).replace(".", mark).replace("-", minus), repr(y).replace(".", mark).replace("-", minus), c] for x, y, c in rows
    ]
    table = [[row[i] for i in order] for row in ([names] if names else []) + table]
    if index:
        start = int(names is None)
        table = [[str(i + start - 1) if i + start else "", *row] for i, row in enumerate(table)]
    if trailing:
        table = [[*row, ""] for row in table]
    file = io.StringIO()
    file.write(draw(st.sampled_from(["", f"sep={separator}\n"])) + TITLES[draw(st.sampled_from(list(TITLES)))])
    csv.writer(file, delimiter=separator, lineterminator=newline).writerows(table)
    return file.getvalue().encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_file_of_any_dialect_holds_the_points_that_were_written(data):
    rows = data.draw(tables())
    check_good(parse_points(data.draw(files(rows))), rows)


@settings(max_examples=100, deadline=None)
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
        (as_csv(GOOD).decode().encode("utf-16")[:-1], "is not UTF-8"),
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
        (as_csv([(x, y, f"c{i // 3}") for i, (x, y, _) in enumerate(GOOD * 3)]), "Line 31 has one label too many, 'c10'"),
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
    with pytest.raises(DataError, match="upload or draw"):
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


def test_points_that_cannot_be_read_are_not_called_damaged(folders):
    digest = save_points(parse_points(as_csv(GOOD)))
    path = folders.parent / "runs" / "uploads" / f"{digest}.npz"
    path.unlink()
    path.mkdir()
    with pytest.raises(DataError, match=r"cannot be read \(Is a directory\)"):
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


# What people's programs write. Points 0 to 11 are (i + 0.5, 2i), of the classes 0 and 1 in turn.


def lines(form, classes=(0, 1), **more):
    return "".join(form.format(i=i, x=f"{i}.5", y=2 * i, c=classes[i % len(classes)], **more) + "\n" for i in range(12))


ORDINARY = lines("{x},{y},{c}")
READ = {
    "names of another kind": "height,weight,sex\n" + ORDINARY,
    "label first": "label,x1,x2\n" + lines("{c},{x},{y}"),
    "label first, in capitals": "CLASS;X2;X1\n" + lines("{c};{y};{x}"),
    "y is the label of x1 and x2": "y,x1,x2\n" + lines("{c},{x},{y}"),
    "y is the label of two columns without known names": "y,a,b\n" + lines("{c},{x},{y}"),
    "y is a coordinate beside a label": "y,x,Target\n" + lines("{y},{x},{c}"),
    "a label of few values, first": "sex,height,weight\n" + lines("{c},{x},{y}"),
    "other columns beside x, y and label": "time,x,y,label,run\n" + lines("{i},{x},{y},{c},7"),
    "units": "y (cm);x (cm);species\n" + lines("{y};{x};{c}"),
    "pandas with an index": ",x,y,label\n" + lines("{i},{x},{y},{c}"),
    "pandas with an index in another order": "Unnamed: 0,x,y,label\n" + lines("{y},{x},{y},{c}"),
    "pandas with numbers of columns": "0,1,2\n" + ORDINARY,
    "pandas with an index and numbers of columns": ",0,1,2\n" + lines("{i},{x},{y},{c}"),
    "an index without a name": lines("{i},{x},{y},{c}"),
    "R's write.table": '"x" "y" "label"\n' + lines('"r{i}" {x} {y} "{c}"'),
    "NumPy's savetxt": "# x y label\n" + lines("{x}e+00 {y}.0e+00 {c}.0e+00"),
    "Markdown": "| x | y | label |\n|---|:--|--:|\n" + lines("| {x} | {y} | {c} |"),
    "pipes": lines("{x}|{y}|{c}"),
    "columns of one width": "     x   y label\n" + lines("  {x}  {y:>3}  {c}"),
    "trailing separators": "x;y;label;\n" + lines("{x};{y};{c};"),
    "trailing separators in some lines": ORDINARY.replace(",0\n", ",0,,\n"),
    "Excel's first line": "sep=;\n" + lines("{x};{y};{c}"),
    "Excel's first line with a comma in a label": 'sep=,\n"x","y","label"\n' + lines("{x},{y},{c}"),
    "titles": "Measured by hand,,\n,,\nx,y,label\n" + ORDINARY,
    "comments": "# 2026-01-02, 1, 2\nx,y,label\n" + ORDINARY.replace("5.5", "# the sixth\n5.5"),
    "decimal commas in quotes": lines('"{i},5","{y},0",{c}'),
    "decimal commas": lines("{i},5;{y},0;{c}"),
    "thousands and decimals": lines('"{i}.5","{y}",{c}') + "1,000.5\t2\t0\n".replace("\t", ",").replace("1,000.5", '"1,000.5"'),
    "spaces between thousands": lines("{i},5\t{y}\t{c}") + "1 000,5\t2\t0\n",
    "labels with decimals": lines("{x},{y},{c}", ("0", "1.0", "0.00", "1")),
}  # fmt: skip


@pytest.mark.parametrize("text", READ.values(), ids=READ)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_is_read_as_it_was_meant(text, encoding):
    found = parse_points(text.encode(encoding))
    assert found.X[:12].tolist() == [[i + 0.5, 2 * i] for i in range(12)]
    assert found.X[12:].tolist() in ([], [[1000.5, 2]])
    assert found.labels[:12].tolist() == [0, 1] * 6 and found.class_names == ("0", "1")


def test_the_columns_are_named_as_in_the_file():
    assert parse_points(("label,x1,x2\n" + lines("{c},{x},{y}")).encode()).columns == ("x1", "x2", "label")
    assert parse_points(lines("{c},{x},{y}").encode()).columns == ("column 2", "column 3", "column 1")


COUNTING = [  # a first line, the others, their labels, and whether the first one is a point
    ("0,1,2", "{x},{y},{c}", (0, 1), False),
    ("1,2,3", "{x},{y},{c}", (1, 2), False),
    ("1,2,3", "{x},{y},{c}", ("1.0", "2.0"), False),
    ("0,1,2", "{x},{y},{c}", ("a", "b"), False),
    ("0,1,2", "{c},{x},{y}", ("a", "b"), False),
    (",0,1,2", "{i},{x},{y},{c}", (0, 1), False),
    ("0,1,2,", "{x},{y},{c},", (0, 1), False),
    ("0,1,2", "{x},{y},{c}", (0, 1, 2), True),
    ("1,2,3", "{x},{y},{c}", ("1.0", "2.0", "3.0"), True),
    ("0,1,2,3", "1{i},{x},{y},{c}", (0, 1, 3), True),
]


@pytest.mark.parametrize(("first", "form", "classes", "is_point"), COUNTING)
def test_a_first_line_that_counts_is_a_point_where_others_have_its_label(first, form, classes, is_point):
    rows = lines(form, classes)
    if first == "0,1,2,3":  # with an index
        rows = "".join(f"{i},{line.partition(',')[2]}\n" for i, line in enumerate(rows.splitlines(), 1))
    found = parse_points(f"{first}\n{rows}".encode())
    assert len(found.X) == 12 + is_point and set(found.class_names) == {str(c).removesuffix(".0") for c in classes}
    assert found.note.startswith("Line 1 (") if is_point else not found.note


def test_a_first_line_that_does_not_count_is_a_point():
    found = parse_points(f"0,1,3\n{ORDINARY.replace(',1', ',3')}".encode())
    assert found.X[0].tolist() == [0, 1] and not found.note


def test_a_decimal_mark_belongs_to_the_whole_file():
    thousand = "1,010\t2\t0\n"
    assert parse_points((lines("{x}\t{y}\t{c}") + thousand).encode()).X[12].tolist() == [1010, 2]
    assert parse_points((lines("{i},5\t{y}\t{c}") + thousand).encode()).X[12].tolist() == [1.01, 2]
    with pytest.raises(DataError, match="Line 13: 1,010 may be 1.01 or 1010"):
        parse_points((lines("{i}\t{y}\t{c}") + thousand).encode())
    with pytest.raises(DataError, match="Line 13: 1.010 may be 1.01 or 1010"):
        parse_points((lines("{i}\t{y}\t{c}") + thousand.replace(",", ".")).encode())
    assert parse_points((lines("{i},{y},{c}") + "1.010,2,0\n").encode()).X[12].tolist() == [1.01, 2]
    assert parse_points(lines("1.00{c}\t2.{i:03}\t{c}").encode()).X[11].tolist() == [1.001, 2.011]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b,c,d,species\n" + lines("{x},{y},{x},{y},{c}"), "has 5 columns (a, b, c, d, species): keep two of numbers"),
        (lines("{x},{y},7.5,{c}"), "has 4 columns: keep two"),
        (lines("7,{i},{y},5,{c}"), "where the comma is a decimal mark, separate the columns by semicolons"),
        ("sex,height,weight\n" + lines("{c},1,{c}"), "call it label"),
        (ORDINARY + "Total: 12\n", "Line 13 has 1 column, and most lines have 3"),
        ("Data, 2024, May\n" + ORDINARY, "Line 1 does not have three columns"),
        (lines("{x},{i},5,{c}") + lines("{x};{y};{c}")[:20], "Line 13 has"),
    ],
)  # fmt: skip
def test_a_file_that_leaves_its_meaning_open_is_refused(text, message):
    with pytest.raises(DataError) as caught:
        parse_points(text.encode())
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (("class 10", "class 2", "Class 1"), ("Class 1", "class 2", "class 10")),
        (("1", "-1", "0.5", "10", "2.50"), ("-1", "0.5", "1", "2.5", "10")),
        (("b", "A", "c"), ("A", "b", "c")),
        (("caf\u00e9", "cafe\u0301", "bar"), ("bar", "caf\u00e9")),
        (("01", "x"), ("01", "x")),
        (("#d55e00", "#0072b2"), ("#0072b2", "#d55e00")),
    ],
)
def test_classes_are_in_natural_order_and_have_one_spelling(labels, names):
    for form in ("{x},{y},{c}", "{c};{x};{y}"):
        found = parse_points(lines(form, labels).encode() * 3)
        assert found.class_names == names
    assert len(set(found.labels.tolist())) == len(names)


@pytest.mark.parametrize(
    "text", ["sep=;", "sep=;\n", "sep=;\nx;y;label\n", "x,y,label\n", "#\n", "# 1,2,a\n" * 20, "1,2,\n" * 20]
)
def test_a_file_without_points_is_refused(text):
    with pytest.raises(DataError):
        parse_points(text.encode())


def far(n, classes=2, spread=1.0):
    """n points of two classes within [0, 1] x [0, 1], and then one far away."""
    X = np.random.default_rng(0).uniform(0, 1, (n, 2))
    return Points(np.vstack([X, [[40 * spread, 0.5]]]), np.arange(n + 1) % classes, ("a", "b"))


def test_a_far_point_does_not_spoil_the_plane(folders):
    for n in (10, 99, 400):
        square = points.to_square(far(n))
        assert 1 <= np.abs(square[:-1]).max() < 1.1 and square[-1, 0] > 40
    data = load_dataset("points", points=save_points(far(400)))
    assert -2 < pictures.extent(data)[0] and pictures.extent(data)[1] < 2


def test_points_are_shown_unless_they_are_few_and_far():
    for whole in (
        far(60, spread=0.05),  # not far enough
        Points(far(200).X, np.r_[np.zeros(200, int), 1], ("a", "b")),  # the only point of its class
        Points(np.array([[0.0, 0]] * 30 + [[1.0, 1]]), np.arange(31) % 2, ("a", "b")),  # the others have no extent
        Points(np.vstack([far(40).X, far(40).X[-1:]]), np.arange(42) % 2, ("a", "b")),  # two of fewer than 100
    ):
        assert np.abs(points.to_square(whole)).max() == pytest.approx(1, abs=1e-12)
