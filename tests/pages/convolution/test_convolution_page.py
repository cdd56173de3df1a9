"""The lesson on convolution: its numbers agree in all of its parts, and its link restores them."""

import ast
import inspect
import io
from contextlib import redirect_stdout

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib.teaching.convolution_bugs import with_patches_overwritten, with_positions_averaged
from pages.convolution import bug_hunt
from pages.convolution.bug_hunt import code_of as code_of_bug
from pages.convolution.in_code import code_of, printed_by
from pages.convolution.one_matrix import shared_weights
from pages.convolution.small_image import FILTERS, FIRST, SUMS, SmallImage, link_text, patch_at, read_link
from tests.pages.opened import opened
from tests.pages.questions import commit

PIXELS = st.integers(-99, 99).map(float)
IMAGES = st.lists(PIXELS, min_size=21, max_size=21).map(lambda values: read_link(",".join(map(repr, values))))


def image_of(numbers):
    return SmallImage(numbers["x"], numbers["w"], float(numbers["b"][0]))


@given(IMAGES)
def test_sums_by_hand_shared_weights_and_patches_are_the_same(numbers):
    image = image_of(numbers)
    by_hand = [
        sum(image.x[pixel] * weight for pixel, weight in zip(patch_at(*divmod(n, SUMS)), image.w.flat)) + image.b
        for n in range(SUMS**2)
    ]
    np.testing.assert_allclose(by_hand, image.z.ravel(), rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(image.x.ravel() @ shared_weights(image) + image.b, image.z.ravel(), rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(image.P @ image.w.ravel() + image.b, image.z.ravel(), rtol=1e-12, atol=1e-9)


@given(IMAGES)
def test_a_link_restores_the_numbers(numbers):
    again = read_link(link_text(numbers))
    assert all(np.array_equal(again[name], numbers[name]) for name in FIRST)


@pytest.mark.parametrize(
    "text", ["", "1", "x", ",".join(["1"] * 20), ",".join(["1"] * 22), ",".join(["nan"] * 21), "9e9," * 21]
)
def test_an_invalid_link_has_no_numbers(text):
    assert read_link(text) is None


def test_an_invalid_link_is_reported_and_a_filter_replaces_the_weights():
    at = opened("convolution", part="a-filter-slides", image="1,2")
    commit(at)
    assert "Some numbers in the link are invalid" in at.toast[0].value
    next(button for button in at.button if button.label == "Mean").click().run()
    assert not at.exception
    assert at.query_params["image"] in (text := link_text(FIRST | {"w": np.array(FILTERS["Mean"])}), [text])


def test_the_lines_of_the_lesson_print_what_the_page_says():
    image = image_of(FIRST)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(code_of(image), {})  # text of the app, into which only numbers are inserted
    assert printed.getvalue() == printed_by(image) + "\n"


def test_a_filter_that_does_not_fit_is_an_error_and_a_size_is_computed():
    at = opened("convolution", part="stride-and-padding", pixels=3, filter=5, stride=2)
    commit(at)
    assert at.error[0].value.startswith("The filter is larger than the row")
    at = opened("convolution", part="stride-and-padding", pixels=8, filter=3, stride=2, padding=1)
    commit(at)
    assert any("= 3 + 1 = \\mathbf{4}" in each.value for each in at.latex)
    assert any("It does not reach the last 1 pixel." in each.proto.json for each in at.get("bidi_component"))


def test_the_lines_to_choose_from_are_lines_of_the_bugs():
    calls = [
        node
        for node in ast.walk(ast.parse(inspect.getsource(bug_hunt)))
        if getattr(getattr(node, "func", 0), "id", "") == "predict"
    ]
    for call, faulty in zip(calls, (with_patches_overwritten, with_positions_averaged), strict=True):
        lines = [line.strip() for line in code_of_bug(faulty).splitlines()]
        assert [option.value.strip("`") in lines for option in call.args[2].elts] == [True] * 3
