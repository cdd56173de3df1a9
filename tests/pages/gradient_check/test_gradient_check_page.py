"""Lesson 4: each part asks before it shows, shows what nnlib computes, and handles any text a learner types."""

import re

import numpy as np
import pytest

from nnlib.teaching.bugs import BUGS, bug_named
from nnlib.teaching.listing import LISTING
from pages.gradient_check.three_ways import autograd_verdict
from pages.lesson.error_table import error_text
from pages.lesson.stored_progress import read_progress
from tests.pages.as_shown import as_shown
from tests.pages.opened import opened
from tests.pages.questions import commit, open_questions

PARTS = {
    "three-ways": "2P",
    "which-step-size": "It falls, then it grows again",
    "kinks": "½",
    "bug-lab": "Most",
    "write-your-own": "`dz3 @ W2` instead of `dz3 @ W2.T`",
    "signal-and-depth": "1/8,000,000",
}


def open_part(part, answer=True, **parameters):
    at = opened("gradient_check", part=part, **parameters)
    if answer:
        commit(at, PARTS[part])
    assert not at.exception
    return at


def html(at, testid):
    """The table with that test id, or ""."""
    return next((each.value for each in at.html if f'data-testid="{testid}"' in each.value), "")


def cells(text):
    return [re.sub("<.*?>", "", cell) for cell in re.findall("<td.*?</td>", text)]


def messages(at):
    return " ".join(each.value for kind in (at.success, at.warning, at.info, at.error) for each in kind)


@pytest.mark.parametrize("part", PARTS)
def test_each_part_asks_before_it_shows(part):
    at = open_part(part, answer=False)
    (question,) = at.radio
    assert question.value is None and PARTS[part] in question.options
    assert not any("<table" in each.value for each in at.html)
    commit(at)
    if part == "write-your-own":
        run_listing(at, RIGHT)
    assert any("<table" in each.value for each in at.html) != (part == "signal-and-depth")


@pytest.mark.parametrize("part", PARTS)
def test_the_expected_answer_is_right(part):
    assert "**Right.**" in messages(open_part(part))


def test_two_methods_agree_entry_by_entry_and_torch_is_the_third():
    at = open_part("three-ways")
    for name, entries in (("W1", 6), ("b2", 2)):
        at.segmented_control(key="check_parameter").set_value(name).run()
        found = cells(html(at, "three-ways"))
        assert len(found) == 3 * entries
        assert all(found[i] == found[i + 1] and float(found[i + 2].replace("−", "-")) < 1e-7 for i in range(0, len(found), 3))
    at.toggle(key="check_torch").set_value(True).run()
    assert not at.exception
    found = cells(html(at, "three-ways"))
    assert len(found) == 8 and found[0] == found[1] == found[2]


@pytest.mark.parametrize("factor, agrees", [(1, True), (1 + 1e-12, True), (1 + 1e-4, False), (2, False)])
def test_autograd_confirms_only_equal_gradients(factor, agrees):
    gradient = np.array([[0.5, -2.0]])
    verdict = autograd_verdict(gradient, factor * gradient)
    assert ("check_circle" in verdict) == ("only rounding errors" in verdict) == agrees


def test_the_step_size_changes_the_terms_and_the_method_the_formula():
    at = open_part("which-step-size")
    seen = {html(at, "step-terms")}
    assert len(at.get("vega_lite_chart")) == 1
    for step in ("1.0e−1", "1.0e−12"):
        at.select_slider(key="step").set_value(step).run()
        seen.add(html(at, "step-terms"))
    assert len(seen) == 3 and not at.exception
    formula = at.latex[0].value
    at.segmented_control(key="difference").set_value("forward").run()
    assert at.latex[0].value != formula


def test_too_long_a_step_truncates_and_too_short_a_one_rounds():
    at = open_part("which-step-size", step="1.0e−1")
    truncation, rounding, *_ = re.findall("<td.*?</td>", html(at, "step-terms"))[-4:]
    assert "<strong>" in truncation and "<strong>" not in rounding
    at.select_slider(key="step").set_value("1.0e−12").run()
    truncation, rounding, *_ = re.findall("<td.*?</td>", html(at, "step-terms"))[-4:]
    assert "<strong>" in rounding and "<strong>" not in truncation


def test_the_kink_shows_while_h_reaches_across_it():
    at = open_part("kinks")
    assert "<strong>0.750</strong>" in html(at, "kink-slopes")
    backward, free, held = (float(cell.replace("−", "-")) for cell in cells(html(at, "kink-network")))
    assert abs(free - backward) > 0.01 > abs(held - backward)
    at.slider(key="kink_h").set_value(0.04).run()
    assert "<strong>1.000</strong>" in html(at, "kink-slopes")
    backward, free, held = (float(cell.replace("−", "-")) for cell in cells(html(at, "kink-network")))
    assert free == held


@pytest.mark.parametrize("z, remark", [("−0.20", "all three slopes are 0"), ("−0.05", "switches on"), ("0.05", None)])
def test_a_unit_that_is_off_is_marked(z, remark):
    at = open_part("kinks", kink_z=z)
    backward, free, _ = (float(cell.replace("−", "-")) for cell in cells(html(at, "kink-network")))
    remarks = [each.value for each in at.markdown if "is off for every example" in each.value]
    assert bool(remarks) == (backward == 0) == (remark is not None)
    if remark:
        assert remark in remarks[0] and (free == 0) == ("all three" in remark)


@pytest.mark.parametrize("part", ["three-ways", "which-step-size", "kinks"])
@pytest.mark.parametrize(
    "network",
    [
        "2-3-2~X_1_1_1000~X_2_1_-1000~W1_1_1_1000",
        "2-3-2~W2_1_1_0~W2_2_1_0~W2_3_1_0~W2_1_2_0~W2_2_2_0~W2_3_2_0~lam_0",
        "4-10-3",
    ],
    ids=["huge", "dead", "wide"],
)
def test_any_network_of_a_learner_can_be_shown(part, network):
    at = open_part(part, network=network)
    if part == "which-step-size":
        at.segmented_control(key="difference").set_value("forward").run()
        assert not at.exception


def found_line(at):
    return next(each.value for each in at.caption if each.value.startswith("Found"))


def guess(at, bug, line):
    (question,) = open_questions(at)
    assert str(question.key).startswith(f"guess_{bug.id}_")
    return commit(at, line)


def test_every_bug_can_be_located():
    at = open_part("bug-lab")
    for number, bug in enumerate(BUGS, start=1):
        at.selectbox(key="bug").set_value(number).run()
        assert bug.why not in messages(at), bug.id
        for name in ("W1", "b1", "W2", "b2"):
            expect_one_unit(html(at, f"errors-{name}"))
        wrong = next(line for line in range(1, len(bug.listing) + 1) if line not in bug.faulty_lines)
        guess(at, bug, wrong)
        assert bug.why not in messages(at), bug.id
        assert at.session_state["progress"].bugs == [each.id for each in BUGS[: number - 1]]
        guess(at, bug, bug.faulty_lines[0])
        assert bug.why in messages(at) and bug.cure in [each.value for each in at.code], bug.id
        assert at.session_state["progress"].bugs == [each.id for each in BUGS[:number]]
        titles = "; ".join(f"{place} {each.title}" for place, each in enumerate(BUGS[:number], start=1))
        assert found_line(at) == f"Found: {number} of {len(BUGS)} ({titles})"


def expect_one_unit(text):
    """Each of the four tables of a parameter's errors is in per cent, or none of its numbers is."""
    tables = text.split("</table>")[:-1]
    assert len(tables) == 4
    for table in tables:
        texts = [text for text in cells(table) if text not in ("", "nan", "inf", "–")]
        assert len({text.endswith("%") for text in texts}) <= 1


def test_a_bug_found_before_is_explained_at_once():
    bug = BUGS[0]
    at = open_part("bug-lab")
    at.session_state["progress"].record_bug(bug.id)
    at.session_state["progress_generation"] = 1  # as after a reload
    at.run()
    assert bug.why in messages(at)
    assert next(each for each in at.radio if each.key.startswith("guess_")).value == bug.faulty_lines[0]


def test_the_next_bug_stands_at_the_verdict_and_the_rest_is_counted_down():
    at = open_part("bug-lab")
    assert any("find 3 bugs." in each.value for each in at.markdown)
    at.session_state["progress"].record_bug(BUGS[1].id)
    assert not [each for each in at.button if each.label == "Next bug"]
    guess(at, BUGS[0], BUGS[0].faulty_lines[0])
    assert any("find 1 more bug." in each.value for each in at.markdown)
    at.button(key="next_unfound").click().run()
    assert at.selectbox(key="bug").value == 3


def test_revealing_the_answer_gives_no_credit():
    bug = BUGS[0]
    at = open_part("bug-lab")
    at.button(key=f"show_{bug.id}").click().run()
    assert bug.why in messages(at)
    guess(at, bug, bug.faulty_lines[0])
    assert at.session_state["progress"].bugs == []


def test_next_cycles_and_surprise_opens_another_bug():
    at = open_part("bug-lab", bug=str(len(BUGS)))
    at.button(key="next_bug").click().run()
    assert at.selectbox(key="bug").value == 1
    at.button(key="surprise").click().run()
    assert at.selectbox(key="bug").value != 1 and not at.exception


def test_the_page_states_how_many_bugs_still_train():
    assert f"{sum(bug.trains for bug in BUGS)} of {len(BUGS)} do." in messages(open_part("bug-lab"))


@pytest.mark.parametrize("id, why", [("bias-without-sum", "Broadcasting"), ("updated-too-early", "by chance"), ("sign", "")])
def test_the_lower_loss_of_a_wrong_gradient_is_explained(id, why):
    number = [bug.id for bug in BUGS].index(id) + 1
    at = open_part("bug-lab", bug=str(number))
    at.button(key=f"show_{id}").click().run()
    (remark,) = [each.value for each in at.markdown if "What training does with it" in each.value]
    assert remark.rstrip().endswith(bug_named(id).training) and why in remark


RIGHT = "\n".join(LISTING)


def with_line(number, text):
    """The right listing with another text in one line."""
    return "\n".join([*LISTING[: number - 1], text, *LISTING[number:]])


def button(at, label):
    return next(each for each in at.button if each.label == label)


def run_listing(at, text):
    at.text_area[0].set_value(text)
    button(at, "Run the check").click().run()
    assert not at.exception
    return messages(at)


def test_the_listing_is_empty_at_first_and_the_right_one_passes():
    at = open_part("write-your-own")
    assert at.text_area[0].value == "" and "Nothing to check yet" in messages(at)
    assert "All four gradients agree" in run_listing(at, RIGHT)
    assert "Nothing to check yet" in run_listing(at, " \n ")


def test_a_wrong_line_is_located_and_its_slip_explained_however_it_is_written():
    at = open_part("write-your-own")
    remark = run_listing(at, with_line(4, "db2 = sum(dz3, axis=0)/N"))
    assert "`db2` wrong in every entry" in remark and "dW1" not in remark
    assert "agree" in run_listing(at, with_line(4, "db2 = sum(psi - Delta, axis=0)/N"))
    run_listing(at, with_line(2, "dz3 = -(psi - Delta)/N"))
    assert bug_named("sign").why in [each.value for each in at.markdown]
    run_listing(at, with_line(8, "db1 = b1"))
    assert any("look at the lines of `db1` alone" in each.value for each in at.markdown)


def test_right_on_paper_and_nan_for_large_logits_gets_a_remark():
    at = open_part("write-your-own")
    assert bug_named("overflow").why in run_listing(at, with_line(1, "psi = exp(z3)/sum(exp(z3), axis=1)"))
    assert bug_named("overflow").why not in run_listing(at, RIGHT)
    for line in ("psi = exp(z3 - log(sum(exp(z3), axis=1)))", "psi = exp(log(softmax(z3)))"):  # which cannot be run there
        assert bug_named("overflow").why in run_listing(at, with_line(1, line))


def test_equal_sizes_accept_what_different_sizes_reject():
    at = open_part("write-your-own")
    assert "Line 6: " in run_listing(at, "\n".join(bug_named("w2-not-transposed").listing))
    at.segmented_control(key="own_sizes").set_value("equal").run()
    assert "Not right yet" in messages(at)


@pytest.mark.parametrize(
    "text",
    [
        "dW2 = __import__('os')",
        "dW2 = 9**9**9**9",
        "<script>alert(1)</script>",
        "dW2 = ((((",
        "x" * 120,
        "dW2 = ψ\u202e",
        "dW2 = W2\u2028",
        "dW2 =",
    ],
)
def test_hostile_text_gets_a_clear_error_with_its_line(text):
    at = open_part("write-your-own")
    assert "Line 5: " in run_listing(at, f"# mine\n\n{with_line(3, text)}")
    assert at.code[0].value == text


def test_the_listing_is_stored_and_comes_back():
    at = open_part("write-your-own")
    run_listing(at, "psi = softmax(z3)\n")
    stored = read_progress(at.session_state["progress"].to_json())
    assert stored.listing == "psi = softmax(z3)\n"
    again = opened("gradient_check", part="write-your-own")
    again.session_state["progress"] = stored
    again.run()
    assert again.text_area[0].value == stored.listing
    assert messages(again) and "Nothing to check yet" not in messages(again), "with its verdict"
    button(again, "Fill in the right lines").click().run()
    assert again.text_area[0].value == again.session_state["progress"].listing == RIGHT
    assert "All four gradients agree" in messages(again)


def test_an_old_link_shows_its_lines_and_replaces_the_learners_only_once_they_are_changed():
    at = open_part("write-your-own", line2="dz3 = psi - Delta")
    assert at.text_area[0].value == with_line(2, "dz3 = psi - Delta")
    assert "Not right yet" in messages(at) and "line2" in at.query_params
    assert at.session_state["progress"].listing == ""
    run_listing(at, "psi = softmax(z3)")
    assert at.session_state["progress"].listing == "psi = softmax(z3)" and "line2" not in at.query_params


@pytest.mark.parametrize(
    "error, text",
    [
        (0.75, "75\u00a0%"),
        (2, "200\u00a0%"),
        (0.024, "2.4\u00a0%"),
        (0.003, "0.3\u00a0%"),
        (0.0996, "10\u00a0%"),
        (7e-4, "0.07\u00a0%"),
        (2e-6, "0.0002\u00a0%"),
        (2e-11, "≈ 0\u00a0%"),
    ],
)
def test_an_error_is_shown_with_suitable_precision(error, text):
    assert error_text(error) == text


@pytest.mark.parametrize(
    "line, text, verdict",
    [
        ("dW1 = (X.T @ dz2 + 1)/0", "inf", "inf in every entry"),
        ("dW1 = (0*W1 - 1)/0", "−inf", "inf in every entry"),
        ("dW1 = 0*W1/0", "nan", "nan in every entry"),
        ("dW1 = 3*(X.T @ dz2 + 2*lam*W1)", "67\u00a0%", "wrong in every entry"),
    ],
)
def test_nan_and_infinity_are_named(line, text, verdict):
    at = open_part("write-your-own")
    assert f"`dW1` {verdict}" in run_listing(at, with_line(7, line))
    table = html(at, "errors-W1").split("</table>")[0]
    assert set(cells(table)) - {""} == {text}


def test_the_last_part_links_to_the_explanation_of_depth():
    at = open_part("signal-and-depth")
    (link,) = [link for link in at.page_link if link.proto.query_string]
    assert (link.proto.page, link.proto.query_string) == ("depth", "part=why-it-collapses")


# Values in the address

VALUES = [  # a part, a widget's key, texts that the address may have for it, and texts that it may not
    ("three-ways", "check_parameter", ["$W^{(1)}$", "$b^{(2)}$"], ["W9", ""]),
    ("three-ways", "check_torch", ["true", "False"], ["maybe"]),
    ("which-step-size", "difference", ["Central", "Forward"], ["backward"]),
    ("which-step-size", "step", ["1.0e−5", "1.0e−3"], ["1e-99"]),
    ("kinks", "kink_z", ["0.05", "−0.10"], ["7", "wide"]),
    ("kinks", "kink_h", ["0.1", "0.15", "0.20"], ["5", "wide"]),
    ("bug-lab", "bug", ["1", "4"], ["0", "999", "<b>"]),
]


@pytest.mark.parametrize(("part", "key", "text"), [(part, key, text) for part, key, texts, _ in VALUES for text in texts])
def test_a_valid_value_in_the_address_is_used_without_a_message(part, key, text):
    at = open_part(part, **{key: text})
    assert not at.toast


@pytest.mark.parametrize(("part", "key", "text"), [(part, key, text) for part, key, *_, texts in VALUES for text in texts])
def test_an_invalid_value_in_the_address_is_named_once(part, key, text):
    at = open_part(part, **{key: text})
    (toast,) = at.toast
    assert f"{key}={text[:40]}" in as_shown(toast.value) and "invalid" in toast.value
    at.run()
    assert not at.toast
