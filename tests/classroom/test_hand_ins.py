"""Hand-ins: what is in them, that none is accepted which the server has not signed, and the CSV for the gradebook."""

import base64
import csv
import io
import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnlib.classroom.assignment import Done, new_assignment, read_token, result, to_token
from nnlib.classroom.errors import ClassError, NotAllowed
from nnlib.classroom.grades import check, to_csv
from nnlib.classroom.hand_in import CHANGED, NOT_ONE, OTHER_KEY, content_of, read_hand_in, signed
from nnlib.cli.main import main

DUE = 1_800_000_000
ONE_FOLDER = [HealthCheck.function_scoped_fixture]  # all examples have the same runs folder, and so the same key


@pytest.fixture
def content(store, secret, join):
    """The content of the hand-in of one student of the class: content("Ada")."""

    def made(pseudonym, assignment=None, now=1_790_000_000):
        token = join(pseudonym)
        for kind, item, answer, right, message in [
            ("exercise", "softmax-own", "psi", False, "sign"),
            ("exercise", "softmax-own", "psi(", None, "not a formula"),
            ("exercise", "softmax-own", "psi*(1-psi)", True, "Right."),
            ("exercise", "softmax-row", "1", False, "no"),
            ("prediction", "softmax_code", "`np.exp`", False, "What overflows?"),
            ("prediction", "softmax_code", "`np.log`", True, "What overflows?"),
            ("mission", "a-bend", "H 3, 200 steps", True, ""),
            ("exam start", "17", "20", None, ""),
            ("exam", "17", "62", None, "62 of 100 points"),
            ("exam start", "18", "0", None, ""),
        ]:
            store.record(token, kind, item, answer, right, message)
        member = store.membership(token)
        return content_of(member, store.attempts(token), str.upper, [], ["Shift"], assignment, now)

    return made


@pytest.fixture
def file(content):
    """The file of a student's hand-in."""
    return lambda *arguments, **named: signed(content(*arguments, **named))


def test_a_hand_in_has_every_attempt_and_reads_back(content):
    made = content("Ada")
    read = read_hand_in(signed(made))
    assert read == json.loads(json.dumps(made))
    assert (read["student"], read["class"], read["made"]) == ("Ada", "10b", "2026-09-21T14:13:20Z")
    own, row = read["exercises"]
    assert (own["title"], own["solved"], own["tries"], len(own["attempts"])) == ("SOFTMAX-OWN", True, 2, 3)
    assert (row["solved"], row["tries"]) == (False, 1)
    assert [each["right"] for each in read["predictions"]] == [False]  # the first answer counts
    assert [(each["points"], each["minutes_allowed"]) for each in read["exams"]] == [(62, 20), (None, 0)]
    assert read["not_seen_by_the_class"] == ["Shift"]


def forgeries(good, other):
    """Changed copies of a hand-in: every way that needs no key. `other` is that of another student."""
    rng = random.Random(0)
    text = good.decode()
    for place in [0, len(good) - 1, len(good) - 2, *rng.sample(range(len(good)), 70)]:
        yield good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
    for _ in range(15):
        yield good[: rng.randrange(len(good))]
    for old, new in [
        ('"student": "Ada"', '"student": "Bob"'), ('"class": "10b"', '"class": "10c"'),
        ('"class_key": "1-', '"class_key": "2-'), ('"version": "', '"version": "9'),
        ('"solved": false', '"solved": true'), ('"tries": 2', '"tries": 1'), ('"right": false', '"right": true'),
        ('"points": 62', '"points": 99'), ('"points": null', '"points": 99'), ("2026-", "2025-"),
        ('"member": ', '"member": 1'), ('"missions": [', '"missions": [{}, '), ('"runs": []', '"runs": [{}]'),
        ("psi*(1-psi)", "psi*(psi-1)"), ("\n", "\r\n"), ('"signature": "', '"signature": ""'), ('"key": "', '"key": "A'),
        ('{"hand_in":\n', '{"hand_in":'), ('{"hand_in":', '{"hand_in": {}, "hand_in":'), ("Ada", "Ada\u200b"),
    ]:  # fmt: skip
        assert old in text
        yield text.replace(old, new, 1).encode()
    signature = good[-47:-4]
    changed = json.loads(good)["hand_in"] | {"student": "Bob"}
    yield good + b"\n"
    yield b" " + good
    yield b"\xef\xbb\xbf" + good
    yield good + good
    yield good.replace(signature, other[-47:-4])  # the signature of another student's file
    yield good.replace(signature, b"A" * 43)
    yield good.replace(signature, b"")
    yield good.replace(signature, base64.urlsafe_b64encode(bytes(32))[:43])
    yield good.replace(signature, signature[:-1] + bytes([signature[-1] + 1]))  # the same bytes in base64, perhaps
    yield json.dumps(json.loads(good)).encode()  # the same content, written anew
    yield json.dumps(json.loads(good) | {"hand_in": changed}, indent=1, ensure_ascii=False).encode()
    yield good.split(b',\n"key"')[0] + b"," + other.split(b",", 1)[1]
    yield good[: len(good) // 2] + other[len(other) // 2 :]
    yield json.dumps(changed).encode()
    yield b""
    yield good.decode().encode("utf-16")


def test_a_hundred_forgeries_are_refused_with_one_sentence(file):
    good, other = file("Ada"), file("Bob")
    read_hand_in(good), read_hand_in(other)
    tried = list(forgeries(good, other))
    assert len(set(tried) - {good}) >= 100
    for forged in tried:
        problem = check("ada.json", forged).problem
        assert problem in (CHANGED, NOT_ONE, OTHER_KEY), forged
    assert check("ada.json", good.replace(b'"Ada"', b'"Eve"')).problem == CHANGED


def test_a_file_of_another_server_and_of_another_class_is_named_as_such(file, store, monkeypatch, tmp_path):
    good = file("Ada")
    assert "of another class, “10b”" in check("a", good, "10c").problem
    assert "of another class, “10b”" in check("a", good, "1-1").problem
    assert not check("a", good, "10b").problem and not check("a", good, read_hand_in(good)["class_key"]).problem
    monkeypatch.setenv("NNLIB_RUNS", str(tmp_path / "other"))
    assert check("a", good).problem == OTHER_KEY


@settings(max_examples=30, suppress_health_check=ONE_FOLDER)
@pytest.mark.usefixtures("runs")
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(lambda rest: b'{"hand_in":\n' + rest)))
def test_no_bytes_are_a_hand_in(data):
    with pytest.raises(ClassError):
        read_hand_in(data)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS, lambda inner: st.lists(inner, max_size=3), max_leaves=6
)


@settings(max_examples=30, suppress_health_check=ONE_FOLDER)
@pytest.mark.usefixtures("runs")
@given(st.dictionaries(TEXTS, VALUES, max_size=4), st.data())
def test_what_is_signed_is_read_and_every_changed_byte_is_refused(content, data):
    file = signed(content)
    assert read_hand_in(file) == content
    place = data.draw(st.integers(0, len(file) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != file[place]))
    with pytest.raises(ClassError):
        read_hand_in(file[:place] + bytes([byte]) + file[place + 1 :])


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def homework(lesson, *at):
    """An assignment of one exercise for each time at which it was done."""
    assignment = new_assignment("=Week 3", lesson.name, lesson.key, DUE, [f"e{each}" for each in range(len(at))], [], [])
    return result(assignment, [Done("exercise", "Title", 1, each) for each in at])


def test_the_csv_has_the_gradebooks_columns_the_newest_hand_in_and_no_formulas(content, store, secret):
    lesson = store.lesson(secret)
    early, late = homework(lesson, None, None, None), homework(lesson, DUE, DUE + 1, None)
    mine = content("=HYPERLINK(1)")
    files = [
        check("new.json", signed(mine | {"assignment": late, "made": "2026-09-22T00:00:00Z"})),
        check("old.json", signed(mine | {"assignment": early})),
        check("=bad.json", b"x"),
    ]
    first, refused = rows(to_csv(files))
    columns = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "'=Week 3"]
    assert list(first)[:6] == columns
    assert [first[name] for name in columns] == ["'=HYPERLINK(1)", "", "", "'=HYPERLINK(1)", "10b", "1"]
    assert (first["Exercises solved"], first["Exercise tries"], first["Best exam"]) == ("1", "3", "62")
    assert (first["File"], first["Remark"]) == ("new.json", "'=Week 3: 1 of 3 in time, 1 late")
    assert (refused["Student"], refused["File"], refused["Remark"]) == ("", "'=bad.json", NOT_ONE)


def test_the_command_writes_one_csv_and_names_what_it_refuses(file, tmp_path, capsys):
    folder = tmp_path / "hand-ins"
    (folder / "Bob_1_file").mkdir(parents=True)
    (folder / "ada.json").write_bytes(file("Ada"))
    (folder / "Bob_1_file" / "bob.json").write_bytes(file("Bob").replace(b'"solved": false', b'"solved": true'))
    output = str(folder / "grades.csv")
    for _ in range(2):  # the CSV is not taken for a hand-in
        assert main(["grade", str(folder), "--output", output]) == 0
    said = capsys.readouterr()
    assert "Students: 1. Hand-ins: 1. Files refused: 1." in said.out
    assert f"bob.json: {CHANGED}" in said.err
    ada, refused = rows((folder / "grades.csv").read_text())
    assert ada["Student"] == "Ada" and refused["Remark"] == CHANGED
    assert main(["grade", str(folder), "--output", output, "--class", "10c", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {
        "event": "result", "students": 0, "hand_ins": 0, "refused": 2,
    }  # fmt: skip


def test_the_command_says_which_folder_or_key_is_missing(runs, tmp_path, capsys):
    for arguments, said in [([str(tmp_path / "none")], "there is no folder"), ([str(tmp_path)], "cookie.key")]:
        with pytest.raises(SystemExit) as end:
            main(["grade", *arguments, "--output", str(tmp_path / "grades.csv")])
        assert end.value.code == 2 and said in capsys.readouterr().err
    assert not runs.exists()


def test_an_assignment_is_a_signed_link_whose_seed_is_the_students_own(store, secret):
    lesson = store.lesson(secret)
    made = new_assignment(" Week 3 ", lesson.name, lesson.key, DUE, ["softmax-own"], ["a-bend"], ["train?hidden=3"])
    token = to_token(made)
    assert read_token(token) == made
    assert len({made.seed(member) for member in range(50)}) == 50
    for forged in [token[:-2], "x" + token, token[:5] + "B" + token[6:], "", None, 7, "a.b", token.replace(".", "..", 1)]:
        with pytest.raises(NotAllowed):
            read_token(forged)
    for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":  # some are read as the same signature, and none gives another seed
        try:
            assert read_token(token[:-1] + last).key == made.key
        except NotAllowed:
            pass
    for title, items in [("", ["a"]), ("x", []), ("x", ["a"] * 41)]:
        with pytest.raises(ClassError):
            new_assignment(title, lesson.name, lesson.key, DUE, items, [], [])
    with pytest.raises(ClassError):
        new_assignment("x", lesson.name, lesson.key, DUE, [], [], ["https://evil.example"])
