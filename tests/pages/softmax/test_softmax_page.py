"""The softmax lesson without a browser: every part, every control, and invalid links."""

import json
import math
import re
import warnings
from functools import partial

import numpy as np
import pytest

from nnlib.losses import softmax, softmax_jacobian
from nnlib.support.number_text import compact, decimal, scientific, signed, telling
from pages.lesson.lessons import LESSONS
from pages.softmax.heat_map import SIGNS
from pages.softmax.link import CHOICES, START, link_parameters, read_link
from pages.softmax.live_sliders import read_moved
from pages.softmax.overflow import RIGHT, SIZES, answers
from pages.softmax.state import SoftmaxState
from tests.pages.as_shown import as_shown
from tests.pages.opened import opened
from tests.pages.questions import commit, open_questions

PARTS = [part for part in next(each for each in LESSONS if each.key == "softmax").names if part != "exercises"]


open_page = partial(opened, "softmax")


def answer(at):
    """Answer the first visible question."""
    return commit(at, open_questions(at)[0].options[0])


def state(at):
    return at.session_state["softmax"]


def control(at, name):
    return at.get_by_key(state(at).key(name))


def labels(at):
    """The labels of the sliders that report their values during a drag."""
    drawn = [each.proto for each in at.get("bidi_component") if each.proto.component_name == "backprop_lab_sliders"]
    return [slider["label"] for each in drawn for slider in json.loads(each.json)["sliders"]]


def move_logits(at, *z, released=True):
    """Simulate the sliders, which need a browser."""
    state(at).move_logits(list(z), released)
    at.run()
    assert not at.exception


def address(at):
    return {name: each if isinstance(each, str) else each[-1] for name, each in at.query_params.items()}


def table(at, name):
    """The texts of the cells of a table, row by row."""
    drawn = next(each.value for each in at.html if f'data-testid="{name}"' in each.value)
    drawn = drawn[drawn.index(f'data-testid="{name}"') :].split("</table>")[0]
    rows = [re.findall("<td[^>]*>(.*?)</td>", row) for row in drawn.split("<tr")[2:]]
    return [[re.sub("<[^>]*>", "", cell) for cell in row] for row in rows]


def has(at, name):
    return any(f'data-testid="{name}"' in each.value for each in at.html)


def page_text(at):
    return " ".join(each.value for kind in ("markdown", "caption", "latex") for each in at.get(kind))


def written(matrix):
    return [[telling(each) for each in row] for row in matrix]


def test_nothing_is_shown_before_it_was_predicted():
    at = open_page()
    assert not has(at, "probabilities") and not labels(at)
    answer(at)
    assert has(at, "probabilities") and len(labels(at)) == 3


def test_a_logit_changes_every_probability_and_the_page_shows_by_how_much():
    at = answer(open_page())
    before = softmax(np.array([START[:3]]))[0]
    move_logits(at, 3.0, *START[1:3])
    after = softmax(np.array([[3.0, *START[1:3]]]))[0]
    rows = table(at, "probabilities")
    assert [row[2] for row in rows[:3]] == [decimal(each) for each in after]
    assert [row[3] for row in rows[:3]] == [signed(each) for each in after - before]
    assert rows[3][2:] == ["1.000", "0.000"]
    assert address(at)["z"] == "3"


def test_a_drag_is_one_move():
    learner = SoftmaxState()
    learner.read({})
    start = learner.psi
    for z in (2.5, 2.9):
        learner.move_logits([z, 1.0, 0.0], released=False)
        assert learner.moving
    learner.move_logits([3.4, 1.0, 0.0], released=True)
    assert not learner.moving
    np.testing.assert_array_equal(learner.before, start)
    end = learner.psi
    learner.move_logits([3.4, 1.5, 0.0], released=False)
    np.testing.assert_array_equal(learner.before, end)
    learner.choose("K", 2)
    assert not learner.moving and learner.before is None


def test_slider_values_are_rounded_to_the_step():
    assert read_moved({"number": 3, "values": [1.2000000000000002, -5], "released": True}, 2, -5, 5, 1) == ([1.2, -5.0], True)
    assert read_moved({"values": [40], "released": "yes"}, 1, -50, 50, 0) == ([40.0], False)


@pytest.mark.parametrize(
    "values", [None, "1", [1], [1, 2, 3], [1, "2"], [1, None], [1, math.nan], [1, 5.1], [1, 1e999], [1, [2]]]
)
def test_invalid_slider_values_are_ignored(values):
    assert read_moved({"values": values, "released": True}, 2, -5, 5, 1) is None
    assert read_moved(values, 2, -5, 5, 1) is None


@pytest.mark.parametrize("K", [2, 4, 6])
def test_there_are_as_many_sliders_and_bars_as_classes(K):
    at = answer(open_page(K=K))
    assert labels(at) == [f"Logit z{'₁₂₃₄₅₆'[k]}" for k in range(K)]
    assert len(table(at, "probabilities")) == K + 1


def test_fewer_classes_clip_the_indices():
    at = open_page(part="jacobian", K=6, i=6, j=5)
    assert (state(at).i, state(at).j) == (6, 5)
    control(at, "K").set_value(2).run()
    assert not at.exception
    assert (state(at).i, state(at).j) == (2, 2)
    assert (control(at, "i").value, control(at, "j").value) == (2, 2)
    assert address(at) == {"part": "jacobian", "K": "2", "i": "2"}


@pytest.mark.parametrize("i, j, result", [(2, 2, r"\psi_{2} \, \left(1 - \psi_{2}\right)"), (1, 3, r"- \psi_{1} \, \psi_{3}")])
def test_the_derivation_matches_the_entry(i, j, result):
    at = answer(open_page(part="one-entry", K=4, i=i, j=j))
    at.get_by_key("derivation_softmax_entry_all").click().run()
    assert not at.exception
    assert at.latex[-2].value.strip("$\n ").endswith(result)
    psi = softmax(np.array([START[:4]]))[0]
    assert f"{psi[i - 1] * ((i == j) - psi[j - 1]):.4g}" in at.latex[-1].value


@pytest.mark.parametrize(
    "part, key, result",
    [
        ("same-class-i-j", "same_class", r"\psi_{i} \, \left(1 - \psi_{i}\right)"),
        ("another-class-i-j", "other_class", r"- \psi_{i} \, \psi_{j}"),
        ("one-entry", "entry", r"- \psi_{1} \, \psi_{2}"),
        ("any-k", "general", r"\psi_{i} \, \left(\delta_{ij} - \psi_{j}\right)"),
        ("jacobian", "jacobian", r"\psi \psi"),
    ],
)
def test_each_case_is_derived_in_a_part_of_its_own(part, key, result):
    at = open_page(part=part)
    if at.radio:
        answer(at)
    at.get_by_key(f"derivation_softmax_{key}_all").click().run()
    if part != "jacobian":
        assert any(each.value.strip("$\n ").endswith(result) for each in at.latex)


@pytest.mark.parametrize("link, part", [({}, "one-entry"), ({"scope": "general"}, "any-k"), ({"K": "4"}, "one-entry")])
def test_an_older_link_to_the_derivative_opens_its_part_of_today(link, part):
    at = open_page(part="derivative", **link)
    assert at.pills[0].value == part and not at.warning


def test_the_jacobian_and_its_differences():
    z = (1.5, -0.5, 0.3, 0.0)
    at = open_page(part="jacobian", K=4, z="1.5,-0.5,0.3,0", i=3, j=1)
    expected = softmax_jacobian(np.array(z))
    assert table(at, "analytic") == written(expected)
    assert table(at, "numeric") == written(expected)
    differences = [float(each.replace("−", "-")) for row in table(at, "difference") for each in row]
    assert 0 < max(map(abs, differences)) < 1e-9
    assert f"{expected[2, 0]:.4g}" in page_text(at)
    assert r"-\psi_3 \psi_1" in page_text(at)
    control(at, "j").set_value(3).run()
    assert r"\psi_3 (1 - \psi_3)" in page_text(at)


@pytest.mark.parametrize("z", [(5, 1, 0), (5, -5, -5), (0, 0, 0)])
@pytest.mark.parametrize("i, j", [(1, 1), (1, 2), (2, 2)])
def test_the_shown_factors_give_the_shown_entry(z, i, j):
    at = open_page(part="jacobian", z=",".join(map(str, z)), i=i, j=j)
    worked = re.sub(r" \\times 10\^{(-?\d+)}", r"e\1", at.latex[-1].value)
    left, minus, right, entry = re.search(r"(\S+) \\cdot (\(1 - )?([^ )]+)\)? .*&\\approx (\S+) ", worked).groups()
    right = 1 - float(right) if minus else float(right)
    left = float(left.removeprefix(r"&\approx").removeprefix("&="))
    assert f"{left * right:.4g}" == f"{float(entry):.4g}" == f"{softmax_jacobian(np.array(z, float))[i - 1, j - 1]:.4g}"


def test_an_entry_is_equal_only_where_all_digits_are_shown():
    assert r"&= 0.5 \cdot (1 - 0.5) \\ &= 0.25" in open_page(part="jacobian", K=2, z="0,0", i=1, j=1).latex[-1].value
    assert r"&\approx -0.9756 \cdot 0.01787 \\ &\approx -0.01743" in open_page(part="jacobian", z="5").latex[-1].value


@pytest.mark.parametrize("K", [2, 4, 6])
def test_the_matrix_is_derived_for_the_chosen_number_of_classes(K):
    at = open_page(part="jacobian", view="matrix", K=K)
    derived = at.latex[0].value
    assert rf"\psi_{{{K}}} \, \left(1 - \psi_{{{K}}}\right)" in derived
    assert rf"\psi_{{{K + 1}}}" not in derived


def test_rows_sum_to_zero_but_only_after_a_prediction():
    at = open_page(part="jacobian", view="rows")
    assert not has(at, "analytic")
    answer(at)
    assert [row[-1] for row in table(at, "analytic")] == ["0.000"] * 3
    assert any(SIGNS in each.value for each in at.html)


def test_diagonal_minus_outer_product():
    at = open_page(part="jacobian", view="matrix", K=2, z="1,-1")
    psi = softmax(np.array([[1.0, -1.0]]))[0]
    assert table(at, "diagonal") == written(np.diag(psi))
    assert table(at, "outer") == written(np.outer(psi, psi))
    assert table(at, "analytic") == written(np.diag(psi) - np.outer(psi, psi))


def test_a_shift_changes_the_exponentials_but_no_probability():
    at = answer(open_page(part="shift-overflow-temperature"))
    before = table(at, "probabilities")
    state(at).drag("c", 40, True)
    at.run()
    after = table(at, "probabilities")
    assert [row[2] for row in after] == [row[2] for row in before]
    assert after[0][0] == "42.0" and after[0][1] == compact(math.exp(42))
    assert address(at)["c"] == "40"
    assert table(at, "analytic") == written(softmax_jacobian(np.array(START[:3])))


@pytest.mark.parametrize("z, c, explanation", [
    ("2,1,0", 0, "no shift yet"),
    ("2,1,0", 40, "has changed, in any digit"),
    ("0.1,0.2,0.3", 40, "is a rounding error"),
])  # fmt: skip
def test_the_rounding_left_by_a_shift_is_stated(z, c, explanation):
    assert explanation in page_text(answer(open_page(part="shift-overflow-temperature", z=z, c=c)))


@pytest.mark.parametrize("size", [88, 89, 709, 710, -1000])
def test_overflow_matches_numpy(size):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        at = answer(open_page(part="shift-overflow-temperature", idea="overflow", size=size))
    rows = dict(zip(["naive 32", "shifted 32", "naive 64", "shifted 64"], table(at, "overflow")))
    right = [decimal(each) for each in RIGHT]
    assert rows["shifted 32"][1:] == rows["shifted 64"][1:] == [*right, "right"]
    assert (rows["naive 32"][-1], rows["naive 64"][-1]) == {
        88: ("right", "right"),
        89: ("wrong", "right"),
        709: ("wrong", "right"),
        710: ("wrong", "wrong"),
        -1000: ("wrong", "wrong"),
    }[size]
    if size >= 89:
        assert rows["naive 32"][:2] == ["inf", "nan"]


def test_the_stable_form_never_fails():
    for size in SIZES:
        for name, dtype, _, psi in answers(size):
            assert psi.dtype == dtype
            if name == "shifted":
                np.testing.assert_allclose(psi, RIGHT, atol=1e-6)


@pytest.mark.parametrize("T, entropy", [(0.05, "0"), (100.0, "1.099")])
def test_temperature_goes_from_certain_to_uniform(T, entropy):
    at = answer(open_page(part="shift-overflow-temperature", idea="temperature", T=f"{T:g}"))
    assert float(re.search(r"Entropy: ([\d.]+)", page_text(at))[1]) == pytest.approx(float(entropy), abs=1e-3)
    assert "log 3 ≈ 1.099" in page_text(at)


def test_the_derivative_has_the_factor_one_over_T():
    at = answer(open_page(part="shift-overflow-temperature", idea="temperature", T=2, z="1,0", K=2, i=1, j=1))
    psi = softmax(np.array([[0.5, 0.0]]))[0]
    assert page_text(at).count(compact(psi[0] * psi[1] / 2)) == 2, "by the formula and by central differences"


def test_the_code_is_taken_from_nnlib():
    at = answer(open_page(part="in-code"))
    assert "exp = np.exp(z - z.max(axis=1, keepdims=True))" in " ".join(each.value for each in at.code)


BAD = {
    "K": ["99", "1", "-3", "abc", "", "2.5", "NaN", "٣" * 99, "<script>"],
    "i": ["0", "7", "abc", "1e9"],
    "z": ["nan", "1,inf", "6", "1,2,3,4,5,6,7", ",", "1,,2", "9" * 5000],
    "T": ["0", "-1", "nan", "3"],
    "size": ["5", "1e3", "\x00"],
    "c": ["51", "1.5"],
    "view": ["", "Entries"],
    "idea": ["heat"],
}


@pytest.mark.parametrize("name, text", [(name, text) for name, texts in BAD.items() for text in texts])
def test_an_invalid_parameter_is_ignored_with_a_message(name, text):
    values, (message,) = read_link({name: text})
    assert values == {name: choice.start for name, choice in CHOICES.items()}
    assert f"value of {name}" in message and CHOICES[name].allowed in message
    assert not text or text not in message.replace(CHOICES[name].allowed, "").replace(f"value of {name}", "")


def test_invalid_parameters_on_the_page():
    at = open_page(K="99", i="abc", part="jacobian")
    assert as_shown(at.warning[0].value).splitlines() == [
        "- The value of K in the link is invalid: it must be a whole number from 2 to 6.",
        "- The value of i in the link is invalid: it must be a whole number from 1 to 6.",
    ]
    assert address(at) == {"part": "jacobian"}
    assert len(table(at, "analytic")) == 3


def test_an_index_beyond_K_is_clipped_with_a_message():
    values, (message,) = read_link({"K": "3", "i": "5"})
    assert values["i"] == 3 and "at most 3" in message
    assert read_link({"K": "2", "i": "2"})[1] == []


def test_a_link_survives_a_round_trip():
    values = {"K": 5, "i": 4, "j": 1, "z": (1.5, *START[1:]), "view": "rows", "idea": "overflow",
              "c": -7, "size": 710, "T": 0.05}  # fmt: skip
    assert set(values) == set(CHOICES)
    assert read_link(link_parameters(values)) == (values, [])
    assert link_parameters(read_link({})[0]) == {}


def test_everything_is_restored_after_another_page_and_another_part():
    at = open_page(part="jacobian")
    control(at, "K").set_value(5).run()
    move_logits(at, *START[:4], -2.5)
    control(at, "i").set_value(4).run()
    at.switch_page("home/page.py").run()
    at.switch_page("softmax/page.py").run()
    assert (state(at).K, state(at).i, state(at).z[4]) == (5, 4, -2.5)
    assert address(at)["K"] == "5"


def test_numbers_as_text():
    assert [decimal(each) for each in (-0.0001, -1.5, math.nan, -math.inf)] == ["0.000", "−1.500", "nan", "-inf"]
    assert [signed(each) for each in (0.0004, 0.12, -0.05)] == ["0.000", "+0.120", "−0.050"]
    assert [scientific(each) for each in (0, -3.14e-12, 2.69e43)] == ["0", "−3.1e−12", "2.7e43"]
    assert [telling(each) for each in (0.0, -2.4e-4, 0.25)] == ["0.000", "−2e−4", "0.250"]
    assert [compact(each) for each in (math.inf, 7.389, 7.7e23)] == ["inf", "7.389", "7.70e23"]
