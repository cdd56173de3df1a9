"""The lesson on the forward pass without a browser: every part shows the numbers of nnlib, before and after a change."""

import contextlib
import io
import json
import re
from functools import partial

import numpy as np
import pytest

from nnlib.losses import cross_entropy, softmax
from nnlib.support.number_text import number_text
from pages.forward import reasons
from pages.forward.in_code import code_of, printed_by
from pages.forward.what_if import EXPERIMENTS
from pages.ui import address
from pages.ui.number_latex import number_latex
from pages.worked_example.worked_network import network_of
from pages.worked_example.worked_numbers import PRESETS, read_link, with_change
from tests.pages.as_shown import as_shown
from tests.pages.matrices import drawn_html
from tests.pages.opened import opened
from tests.pages.questions import commit, open_questions

PARTS = ["the-network", "hidden-layer", "relu", "output-and-softmax", "loss", "what-if", "in-code"]
CHANGED = "2-3-2~W1_1_1_0.3~lam_0.7~y_4_1"
NETWORKS = [*PRESETS, CHANGED]


open_page = partial(opened, "forward")


def answer(at, choice=None):
    """Answer the visible question."""
    (question,) = open_questions(at)
    return commit(at, choice or question.options[-1])


def page_text(at):
    return "\n".join(each.value for each in at.markdown)


def tables(at):
    """The texts of the entries of each visible matrix, by the name above it."""
    found = {}
    for piece in drawn_html(at):
        for figure in re.findall(r"<figure.*?</figure>", piece, re.S):
            caption = re.search(r'<figcaption>(.*?)(?:<span class="shape"|</figcaption>)', figure)[1]
            name = re.sub("<[^>]*>", "", caption)
            rows = figure.split("<tbody>")[1].split("<tr>")[1:]
            found[name] = [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in rows]
    return found


def texts(values):
    return [[number_text(each) for each in row] for row in np.atleast_2d(values)]


def work_of(link):
    return network_of(read_link(link)[1])


def button(at, label):
    return next(each for each in at.button if each.label == label)


@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_revealed_before_the_prediction(part):
    at = open_page(part=part)
    assert not tables(at)
    assert tables(answer(at)) or part == "in-code" and at.code


def test_an_invalid_link_opens_the_lesson():
    at = open_page(part="what-if", what_if="nonsense", network="nonsense")
    assert "what_if=nonsense" in as_shown(at.toast[0].value)
    answer(at, EXPERIMENTS["W1 is all 0"].answer)
    assert "Some numbers" in at.toast[0].value
    assert list(tables(at).values())[0] == texts(work_of("2-3-2").net.probabilities(work_of("2-3-2").X))


@pytest.mark.parametrize("network", NETWORKS)
def test_the_network_gives_its_probabilities_and_its_loss(network):
    at, work = answer(open_page(network=network)), work_of(network)
    assert tables(at) == {"ψ": texts(work.net.probabilities(work.X))}
    assert number_latex(work.net.loss(work.X, work.y, work.reg)[0]) in page_text(at)


@pytest.mark.parametrize("network", NETWORKS)
def test_the_hidden_layer_shows_the_values_of_nnlib(network):
    at, work = answer(open_page(part="hidden-layer", network=network, n="2", h="3")), work_of(network)
    z, a = work.net.forward(work.X)
    shown = tables(at)
    assert [shown[name] for name in ("X", "W(1)", "b(1)")] == [
        texts(each) for each in (work.X, work.net.params["W1"], work.net.params["b1"])
    ]
    assert shown["z(2)"] == texts(z[2])
    assert f"\\mathbf{{{number_latex(z[2][1, 2])}}}$" in page_text(at)
    assert f"= {number_latex(a[2][1, 2])}$" in page_text(at)


def test_a_sum_by_hand():
    at = answer(open_page(part="hidden-layer", n="2", h="1"))
    assert r"= (-1) \cdot 0.5 + 1 \cdot 1 + 0.5 = \mathbf{1}$" in page_text(at)


def test_all_entries_can_be_visited_in_turn():
    at = answer(open_page(part="hidden-layer"))
    seen = []
    for _ in range(12):
        n, h = (group.value for group in at.get("button_group") if group.label.startswith(("Example", "Hidden")))
        seen.append((n, h))
        button(at, "Next entry").click().run()
        assert not at.exception
    assert seen == [(n, h) for n in range(1, 5) for h in range(1, 4)]
    assert "n" not in at.query_params and "h" not in at.query_params


def test_the_position_is_preserved_across_parts_and_clipped_to_a_smaller_network():
    at = answer(open_page(part="hidden-layer", network="4-10-3", n="5", h="9"))
    assert r"z^{(2)}_{5,9}" in page_text(at)
    at.session_state["worked_network"].begin("2-3-2")
    at.run()
    assert not at.exception
    assert r"z^{(2)}_{4,3}" in page_text(at)
    at.query_params["part"] = "output-and-softmax"
    button(at, "Next: ReLU").click().run()
    button(at, "Next: Output and softmax").click().run()
    assert r"z^{(3)}_{4,1}" in page_text(answer(at))


@pytest.mark.parametrize("place", ["0", "-1", "99", "9999999", "abc", "²", "", "1.5"])
def test_an_invalid_position_is_clipped(place):
    at = answer(open_page(part="hidden-layer", n=place))
    assert re.search(r"z\^\{\(2\)\}_\{[14],1\}", page_text(at))
    assert len(at.toast) == (place != "99")  # a place of a larger network is its last one


@pytest.mark.parametrize("network", NETWORKS)
def test_entries_set_to_zero_by_relu_are_struck_out(network):
    at, work = answer(open_page(part="relu", network=network)), work_of(network)
    z, a = work.net.forward(work.X)
    assert tables(at) == {"z(2)": texts(z[2]), "a(2)": texts(a[2])}
    assert f"sets {(a[2] == 0).sum()} of {a[2].size} entries to 0" in page_text(at)
    assert sum(each.proto.body.count('class="off"') for each in at.get("html")) == (a[2] == 0).sum()


def test_a_unit_that_is_always_off_is_named():
    at = answer(open_page(part="relu", network="2-3-2~b1_2_-50"))
    assert "Hidden unit 2 is 0 for every example" in page_text(at)


@pytest.mark.parametrize("network", NETWORKS)
def test_the_output_shows_the_values_of_nnlib(network):
    at, work = answer(open_page(part="output-and-softmax", network=network, n="2", k="2")), work_of(network)
    z, _ = work.net.forward(work.X)
    psi = softmax(z[3])
    shown = tables(at)
    assert shown["z(3)"] == texts(z[3]) and shown["ψ"] == texts(psi)
    row = shown["Row 2"]
    assert row[0] == shown["z(3)"][1] and row[3] == shown["ψ"][1]
    assert f"\\mathbf{{{number_latex(psi[1, 1])}}}$" in page_text(at)


@pytest.mark.parametrize("network", NETWORKS)
def test_the_loss_shows_the_value_of_nnlib(network):
    at, work = answer(open_page(part="loss", network=network)), work_of(network)
    psi = work.net.probabilities(work.X)
    of_class = psi[range(len(work.y)), work.y]
    assert tables(at)["Loss of each example"] == texts(np.column_stack([work.y + 1, of_class, -np.log(of_class)]))
    total, _ = work.net.loss(work.X, work.y, work.reg)
    assert f"returns {total:.12g}" in page_text(at)
    difference = re.search(r"Difference from these steps: (.*)\.", page_text(at))[1]
    assert difference.startswith("none") or float(difference.replace("−", "-")) < 1e-12
    better = cross_entropy(work.net.logits(work.X), work.y) < np.log(work.sizes["K"])
    assert f"this network {'is' if better else 'is not'} better than guessing" in page_text(at)


def test_huge_numbers_are_also_shown():
    network = "~".join(["2-3-2", *(f"W1_{d}_{h}_1000" for d in (1, 2) for h in (1, 2, 3)), "W2_1_1_-1000", "X_1_1_1000"])
    for part in PARTS:
        at = answer(open_page(part=part, network=network))
        assert not re.search(r"\b(nan|inf)\b", page_text(at) + str(tables(at)))


@pytest.mark.parametrize("title", EXPERIMENTS)
def test_an_experiment_is_predicted_then_computed(title):
    at = open_page(part="what-if", what_if=title)
    assert not tables(at)
    answer(at, EXPERIMENTS[title].answer)
    assert "Right." in at.success[0].value
    before, after = work_of("2-3-2"), EXPERIMENTS[title].changed(work_of("2-3-2"))
    assert list(tables(at).values()) == [texts(each.net.probabilities(each.X)) for each in (before, after)]


@pytest.mark.parametrize("network", NETWORKS)
def test_the_statements_about_the_experiments_are_true(network):
    before = work_of(network)
    psi, K = before.net.probabilities(before.X), before.sizes["K"]

    def after(title):
        work = EXPERIMENTS[title].changed(work_of(network))
        return work.net.probabilities(work.X), cross_entropy(work.net.logits(work.X), work.y)

    same_rows, _ = after("W1 is all 0")
    assert np.ptp(same_rows, axis=0).max() < 1e-15 and np.ptp(same_rows) > 1e-3
    uniform, J = after("W2 and b2 are all 0")
    assert np.allclose(uniform, 1 / K) and np.isclose(J, np.log(K))
    reversed_rows, J = after("The examples in reverse order")
    assert np.allclose(reversed_rows, psi[::-1]) and np.isclose(J, cross_entropy(before.net.logits(before.X), before.y))


@pytest.mark.parametrize("network", NETWORKS)
def test_the_code_prints_the_output_shown_on_the_page(network):
    at, work = answer(open_page(part="in-code", network=network)), work_of(network)
    code, printed = (each.value for each in at.code if "TwoLayerNet(" in each.value or each.value.startswith("[["))
    assert (code, printed) == (code_of(work), printed_by(work))
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(code, {})  # text of the app, into which only numbers are inserted
    assert out.getvalue().strip() == printed.strip()


def test_changed_numbers_change_everywhere():
    at = answer(open_page(part="hidden-layer", n="1", h="1"))
    assert r"1 \cdot 0.5 + 2 \cdot 1 + 0.5" in page_text(at)
    chosen = at.session_state["worked_network"]
    chosen.numbers = with_change(chosen.numbers, "W1", (0, 0), 3.5)
    at.run()
    assert r"1 \cdot 3.5 + 2 \cdot 1 + 0.5 = \mathbf{6}" in page_text(at)
    assert at.query_params["network"] in ("2-3-2~W1_1_1_3.5", ["2-3-2~W1_1_1_3.5"])
    button(at, "Next: ReLU").click().run()
    assert tables(answer(at))["z(2)"][0][0] == "6"
    at.switch_page("home/page.py").run()
    at.switch_page("forward/page.py").run()
    assert not at.exception
    assert tables(at)["z(2)"][0][0] == "6"


def test_a_preset_can_be_chosen_and_its_numbers_restored():
    at = answer(open_page())
    preset = next(each for each in at.get("button_group") if each.label == "Start with")
    preset.set_value("3-4-3").run()
    assert len(tables(at)["ψ"][0]) == 3
    before = tables(at)
    chosen = at.session_state["worked_network"]
    chosen.numbers = with_change(chosen.numbers, "b2", (0,), 50)
    at.run()
    assert tables(at) != before
    button(at, "Reset the numbers").click().run()
    assert not at.exception
    assert tables(at) == before


def test_the_browsers_back_button_returns_to_the_entry_before(monkeypatch):
    at = answer(open_page(part="hidden-layer", n="2", h="3"))
    button(at, "Next entry").click().run()
    assert r"z^{(2)}_{3,1}" in page_text(at)
    at.query_params["n"], at.query_params["h"] = "2", "3"
    monkeypatch.setattr(address, "get_script_run_ctx", lambda: type("Context", (), {"is_history_navigation": True}))
    at.run()
    assert r"z^{(2)}_{2,3}" in page_text(at)


def test_the_reasons_are_true():
    x = reasons.X
    bends = [np.abs(np.diff(reasons.sum_of_units(x, bend), 2)) > 1e-9 for bend in (False, True)]
    assert not bends[0].any() and np.allclose(x[1:-1][bends[1]], [-0.5, 0.5]), "one for each unit"
    w = np.linspace(-1, 4, 5001)
    for lam in (0, reasons.LAM):
        assert w[np.argmin((w - 2) ** 2 + lam * w**2)] == pytest.approx(reasons.best_weight(lam), abs=1e-3)


@pytest.mark.parametrize("part, findings", [("relu", ["a bend for each unit"]), ("loss", ["costs most", "towards 0"])])
def test_a_reason_is_drawn_where_it_is_given(part, findings):
    at = open_page(part=part)
    assert all(finding in page_text(at) for finding in findings)
    described = [json.loads(each.proto.spec)["description"] for each in at.get("vega_lite_chart")]
    assert len(described) == len(findings) and all(each.startswith("Line chart") for each in described)
