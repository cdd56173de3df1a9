"""Lesson 3 without a browser: every part shows the numbers of nnlib."""

import inspect
import re

import numpy as np
import pytest

from nnlib import MLP
from nnlib.support.number_text import number_text
from nnlib.symbolic.symbols import SYMBOLS
from nnlib.teaching.backward_trace import backward_trace
from nnlib.teaching.bug_lab import problem
from nnlib.teaching.descent import stepped
from nnlib.teaching.listing import check
from pages.backpropagation import node_view
from pages.backpropagation import one_unit_pictures as pictures
from pages.backpropagation.computational_graph import ARROWS, CENTRES, _drawing
from pages.backpropagation.in_code import LINES
from pages.worked_example.worked_network import network_of
from pages.worked_example.worked_numbers import PRESETS
from tests.pages.matrices import drawn_html
from tests.pages.opened import opened
from tests.pages.questions import commit, open_questions

NETWORKS = list(PRESETS)
PARTS = {"W2": "weights-w-2", "z2": "z-2-and-its-mask", "W1": "weights-w-1"}  # node → its part


def open_part(part, network="2-3-2", **parameters):
    return opened("backpropagation", part=part, network=network, **parameters)


def run(at):
    at.run()
    assert not at.exception
    return at


def answered(at):
    """Answer every visible question, and those that follow."""
    while open_questions(at):
        commit(at)
    return at


def trace_of(network="2-3-2"):
    worked = network_of(PRESETS[network]())
    return worked, backward_trace(worked.net, worked.X, worked.y, worked.reg)


def page_text(at):
    """All visible text."""
    texts = [
        each.value for kind in ("markdown", "caption", "latex", "html", "code", "success", "info") for each in at.get(kind)
    ]
    return "\n".join(texts)


def matrices(at):
    """The visible matrices, as rows of cell texts."""
    tables = re.findall(r"<tbody>(.*?)</tbody>", "".join(drawn_html(at)), re.S)
    return [[re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", table, re.S)] for table in tables]


def shown(values):
    """An array as a matrix on the page shows it."""
    return [[number_text(value) for value in row] for row in np.atleast_2d(values)]


def test_the_numbers_of_one_unit_are_right():
    start, after = pictures.W, pictures.W - pictures.ETA * pictures.slope_at(pictures.W)
    assert pictures.slope_at(start) == 2 and after == pytest.approx(0.4)
    assert pictures.loss_at(np.array([start, after])) == pytest.approx([0.25, 0.09])
    h = 1e-6
    for w in (-0.4, -0.1, 0.1, start):
        assert pictures.slope_at(w) == pytest.approx((pictures.loss_at(w + h) - pictures.loss_at(w - h)) / (2 * h), abs=1e-6)


def test_the_first_part_asks_before_it_derives():
    at = open_part("logits")
    assert not matrices(at)
    answered(at)
    assert r"\psi" in page_text(at)


@pytest.mark.parametrize("network", NETWORKS)
def test_the_gradient_of_the_logits_is_shown_with_its_central_differences(network):
    at = answered(open_part("logits", network))
    _, trace = trace_of(network)
    assert matrices(at).count(shown(trace["z3"].gradient)) == 2
    assert shown(trace["psi"].value) in matrices(at)


@pytest.mark.parametrize("choice, key", [("a logarithm", "logit_log"), ("class by class", "logit_2_1_1")])
def test_further_derivations_of_the_logits_can_be_chosen(choice, key):
    at = answered(open_part("logits"))
    at.get_by_key("derive").set_value(choice)
    run(at)
    at.get_by_key(f"derivation_{key}_all").click()
    run(at)
    assert not at.error
    assert "equal to the line before" in page_text(at)


PATH = {
    "one-unit": ["unit_weight"],
    "logits": ["logit_general", "logit_batch"],
    "weights-w-2": ["entry_W2", "matrix_W2"],
    "biases-b-2": ["entry_b2", "matrix_b2"],
    "z-2-and-its-mask": ["entry_z2", "matrix_z2"],
    "weights-w-1": ["entry_W1", "matrix_W1"],
    "biases-b-1": ["entry_b1", "matrix_b1"],
    "penalty": ["penalty"],
}


@pytest.mark.parametrize("part", PATH)
def test_every_gradient_is_derived_in_a_part_of_its_own(part):
    at = answered(open_part(part))
    for key in PATH[part]:
        at.get_by_key(f"derivation_{key}_all").click()
        run(at)
    assert not at.error


@pytest.mark.parametrize(
    "link, part",
    [
        ({"part": "from-1-and-2", "derive": "class by class"}, "logits"),
        ({"part": "matrix-form"}, "weights-w-2"),
        ({"part": "matrix-form", "gradient": "z2", "way": "derived"}, "z-2-and-its-mask"),
        ({"part": "matrix-form", "gradient": "W1"}, "weights-w-1"),
        ({"part": "biases-and-penalty"}, "biases-b-2"),
    ],
)
def test_an_older_link_opens_the_part_that_has_its_content_today(link, part):
    at = opened("backpropagation", **link)
    assert at.pills[0].value == part and not at.warning


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("name", list(CENTRES))
def test_every_node_shows_upstream_local_and_downstream(name, network):
    at = answered(open_part("the-graph", network, node=name))
    _, trace = trace_of(network)
    assert at.get_by_key("node").value == name
    for arrow in trace[name].arrows:
        row = slice(0, 1) if arrow.product == "rows" else slice(None)
        of_row = arrow.product == "rows"
        for values in (arrow.upstream, arrow.downstream):
            assert shown(values[row] if of_row else values) in matrices(at)
        assert shown(arrow.local[0] if of_row else arrow.local) in matrices(at)
    if trace[name].arrows:
        assert shown(trace[name].gradient[:1] if name == "z3" else trace[name].gradient) in matrices(at)
        assert "agree: largest relative error" in page_text(at)
    assert ("`MLP.loss` returns " in page_text(at)) == (name in ("W1", "b1", "W2", "b2"))
    assert not at.error


@pytest.mark.parametrize("bias", [40, 700])
def test_large_gradients_of_probabilities_are_compared_on_their_own_scale(bias):
    at = answered(open_part("the-graph", f"2-3-2~b2_1_{bias}", node="psi"))
    (caption,) = [each.value for each in at.caption if "Central differences" in each.value]
    assert re.search(r"agree: largest relative error \$[0-9.]+ \\times 10\^\{-1[0-9]\}\$", caption)


def test_mismatched_differences_are_not_reported_as_equal():
    at = answered(open_part("the-graph", "2-3-2~lam_1000~W1_1_1_1000~W2_1_1_1000", node="z3"))
    (caption,) = [each.value for each in at.caption if "Central differences" in each.value]
    assert "agree:" not in caption and "differ by a relative error of up to" in caption and "rounding" in caption


def test_a_different_library_gradient_is_reported():
    assert "exactly" in node_view.loss_text(0.0)
    assert "differ" in node_view.loss_text(0.25) and "0.25" in node_view.loss_text(0.25)


def test_an_example_can_be_chosen_for_the_jacobian():
    at = answered(open_part("the-graph", "4-10-3", node="z3"))
    at.get_by_key("example_5").set_value(4)
    run(at)
    _, trace = trace_of("4-10-3")
    assert shown(trace["z3"].arrows[0].local[3]) in matrices(at)
    assert shown(trace["z3"].gradient[3]) in matrices(at)


def test_the_backward_walk_visits_every_gradient_after_its_inputs():
    at = answered(open_part("the-graph"))
    seen = [at.get_by_key("node").value]
    while not at.get_by_key("walk_back").disabled:
        at.get_by_key("walk_back").click()
        run(at)
        seen.append(at.get_by_key("node").value)
    assert seen == ["J_tilde", "J", "psi", "z3", "b2", "W2", "a2", "z2", "b1", "W1"]
    at.get_by_key("walk_start").click()
    run(at)
    assert at.get_by_key("node").value == "J_tilde"


def test_a_second_click_before_the_first_is_processed_moves_to_the_next_node():
    at = answered(open_part("the-graph", node="psi"))
    at.session_state["node_on_view"] = "z3"  # the result of the first click, while the widget still has psi
    at.get_by_key("walk_back").click()
    run(at)
    assert at.get_by_key("node").value == "b2"


def test_the_select_box_writes_j_tilde_as_in_the_text():
    at = answered(open_part("the-graph"))
    assert at.get_by_key("node").options[0] == "J̃"


@pytest.mark.parametrize("name", ["R1", "R2"])
def test_a_penalty_is_shown_as_lambda_times_its_weights(name):
    weights = rf"\lVert W^{{({name[1]})}}\rVert^2"
    assert weights + r" = 0.1 \cdot 3.75 = 0.375" in page_text(answered(open_part("the-graph", node=name)))
    assert weights + r" = 0.2 \cdot 3.75 = 0.75" in page_text(answered(open_part("the-graph", "2-3-2~lam_0.2", node=name)))


@pytest.mark.parametrize("layer", [1, 2])
def test_the_drawing_raises_only_the_layer_of_a_penalty(layer):
    (drawn,) = [text for text in re.findall(r"<text [^>]*>(.*?)</text>", _drawing()) if "‖" in text and f"({layer})" in text]
    assert re.findall(r'<tspan class="raised"[^>]*>(.*?)</tspan>', drawn) == [f"({layer})"]
    assert re.sub("<.*?>", "", drawn) == f"λ‖W({layer})‖²"
    assert sum(map(int, re.findall(r'dy="(-?\d+)"', drawn))) == 0


def test_a_factor_that_is_a_sum_or_has_a_sign_is_in_brackets():
    for local, *_ in node_view.LOCALS.values():
        assert local.startswith(r"\left(") or not re.search(r"^-| [+-] ", local)


@pytest.mark.parametrize("part", list(PATH)[2:])
def test_no_question_asks_for_a_formula_that_the_graph_has_shown(part):
    formulas = [local for local, *_ in node_view.LOCALS.values() if "{" in local]
    at = open_part(part)
    while questions := open_questions(at):
        assert not [formula for formula in formulas for option in questions[0].options if formula in option]
        commit(at)


def test_the_goals_do_not_answer_the_first_question():
    assert r"\psi - \Delta" not in page_text(opened("backpropagation"))


@pytest.mark.parametrize("network, sizes", [("2-3-2", "4 2 3 2"), ("4-10-3", "5 4 10 3")])
def test_the_matrices_state_the_sizes_they_are_written_for(network, sizes):
    at = answered(open_part("weights-w-2", network))
    (caption,) = [each.value for each in at.caption if "These matrices are for" in each.value]
    assert re.findall(r"[NDHK] = (\d+)", caption) == ["2", "2", "3", "2", *sizes.split()]


def test_losses_shown_together_have_the_same_number_of_digits():
    at = open_part("one-step", "2-3-2~lam_0", eta="0.1")
    at.get_by_key("expect_fall").click()
    run(at)
    table = next(each.value for each in at.markdown if each.value.startswith("| step"))
    for figure in re.findall(r"\$-?([0-9.]+)\$", table):
        assert len(figure.replace(".", "").lstrip("0")) == 4


@pytest.mark.parametrize("part", [*PARTS.values(), "logits", "biases-b-2", "biases-b-1", "penalty", "the-graph", "one-step"])
def test_the_numbers_can_be_changed_where_they_are_shown(part):
    at = answered(open_part(part))
    assert [each.label for each in at.expander].count("Change the numbers") == 1


def test_an_unknown_node_opens_the_first():
    at = open_part("the-graph", node="W9")
    commit(at)
    assert at.get_by_key("node").value == "J_tilde" and "W9" in at.toast[0].value


def test_the_drawing_has_the_arrows_of_the_backward_pass():
    _, trace = trace_of()
    arrows = {(name, arrow.end) for name, node in trace.items() for arrow in node.arrows}
    assert set(ARROWS) == arrows == set(node_view.LOCALS)
    assert set(CENTRES) == set(trace) <= set(SYMBOLS)


def test_a_probability_rounded_to_zero_is_explained():
    extreme = "2-3-2~W2_1_1_1000~W2_1_2_-1000~b1_1_500~y_1_1"
    at = answered(open_part("the-graph", extreme, node="psi"))
    assert "rounded to 0" in page_text(at)
    at.get_by_key("node").set_value("z3")
    run(at)
    assert "rounded to 0" not in page_text(at)
    assert "agree: largest relative error" in page_text(at)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("name, row, column", [("W2", 2, 2), ("z2", 2, 3), ("W1", 2, 1)])
def test_an_entry_is_the_sum_that_is_written_out(network, name, row, column):
    at = answered(open_part(PARTS[name], network))
    _, trace = trace_of(network)
    rows, columns = trace[name].value.shape
    at.get_by_key(f"row_{name}_{rows}").set_value(row)
    at.get_by_key(f"column_{name}_{columns}").set_value(column)
    run(at)
    lines = next(each.value for each in at.markdown if each.value.startswith("| $")).split("\n")[2:]
    cells = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines]
    products = [float(line[-1].replace("−", "-")) for line in cells]
    sums = {"W2": trace["W2"].arrows[0].downstream, "z2": trace["a2"].gradient, "W1": trace["W1"].arrows[0].downstream}
    assert products[-1] == pytest.approx(sums[name][row - 1, column - 1], rel=1e-3, abs=1e-9)
    assert sum(products[:-1]) == pytest.approx(products[-1], abs=1e-3)
    assert shown(trace[name].arrows[0].downstream) in matrices(at)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("part, name", [("biases-b-1", "b1"), ("biases-b-2", "b2"), ("penalty", "W2")])
def test_biases_and_penalty_show_the_networks_gradients(part, name, network):
    at = answered(open_part(part, network))
    worked, _ = trace_of(network)
    _, grads = worked.net.loss(worked.X, worked.y, worked.reg)
    assert shown(grads[name]) in matrices(at)
    assert ("(w_1 + w_2)^2" in page_text(at)) == (part == "penalty")


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("learning_rate", [0.001, 0.1, 10.0])
def test_steps_give_the_same_parameters_as_nnlib(network, learning_rate):
    at = open_part("one-step", network, eta=str(learning_rate))
    worked, _ = trace_of(network)
    net, batch = worked.net, (worked.X, worked.y, worked.reg)
    for expected_to_fall in (True, False, True):
        before, _ = net.loss(*batch)
        net = stepped(net, *batch, learning_rate)
        after, _ = net.loss(*batch)
        at.get_by_key("expect_fall" if expected_to_fall else "expect_rise").click()
        run(at)
        step = at.session_state["descent"]["steps"][-1]
        assert step["change"] == pytest.approx(after - before, rel=1e-9, abs=1e-12)
        right = (after < before) == expected_to_fall
        (verdict,) = at.success if right else at.info
        assert ("fell" if after < before else "rose") in verdict.value
    assert "After 3 steps" in page_text(at)
    at.get_by_key("descent_reset").click()
    run(at)
    assert "After 0 steps" in page_text(at)


def test_a_loss_that_overflows_ends_the_descent():
    at = open_part("one-step", "2-3-2~lam_1000.0", eta="10.0")
    for _ in range(10):
        if at.get_by_key("expect_rise").disabled:
            break
        at.get_by_key("expect_rise").click()
        run(at)
    assert at.get_by_key("expect_fall").disabled
    assert "extremely large" in at.warning[0].value
    at.get_by_key("descent_reset").click()
    run(at)
    assert not at.warning and not at.get_by_key("expect_fall").disabled


def test_the_descent_restarts_when_the_numbers_change():
    at = open_part("one-step")
    at.get_by_key("expect_fall").click()
    run(at)
    at.session_state["worked_network"].begin("4-10-3")
    run(at)
    assert "After 0 steps" in page_text(at)


def test_the_lines_of_code_are_those_of_nnlib():
    at = answered(open_part("in-code"))
    source = inspect.getsource(MLP.loss)
    shown_code = [each.value for each in at.code]
    for _, plain, line, difference in LINES:
        assert line in source
        assert line in shown_code and plain in shown_code
        assert any(difference in each.value for each in at.caption)


def test_the_plain_lines_are_a_right_backward_pass():
    at = answered(open_part("in-code"))
    of_the_first_layer = re.findall(r"`(d[Wb]1 = [^`]*)`", page_text(at))
    start = problem(5, 4, 6, 3)
    lines = ["psi = softmax(z3)", *(plain for _, plain, _, _ in LINES), *of_the_first_layer]
    checked = check(lines, start.net, start.X, start.y, start.reg)
    assert len(checked) == 4 and all(each.agrees for each in checked.values())
