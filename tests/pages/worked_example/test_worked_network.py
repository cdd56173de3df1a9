"""The small network's numbers: valid presets, changes within bounds, links that restore them, fields from a browser."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from pages.worked_example.editable_equation import take_changes
from pages.worked_example.number_editor import TITLES, take_fields
from pages.worked_example.worked_network import INVALID, Chosen, network_of
from pages.worked_example.worked_numbers import DEFAULT, PRESETS, entry_text, link_text, read_link, with_change

PAGE = """
import streamlit as st
from pages.worked_example.worked_network import worked_network
work = worked_network()
st.text(f"{work.net.params['W1'][0, 0]} {work.reg}")
work.net.params["W1"][...] = 99
work.X[...] = 99
work.y[...] = 0
"""


def same(numbers, others):
    return all(np.array_equal(numbers[name], others[name]) for name in numbers) and numbers.keys() == others.keys()


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_has_the_sizes_of_its_name(preset):
    work = network_of(PRESETS[preset]())
    assert "-".join(map(str, work.net.sizes)) == preset
    assert preset in TITLES
    assert work.sizes == {"N": len(work.y), **dict(zip("DHK", work.net.sizes))}
    assert len(set(work.y)) > 1 and set(work.y) <= set(range(work.sizes["K"]))


@pytest.mark.parametrize("preset", PRESETS)
def test_no_relu_of_a_preset_is_near_its_kink_and_each_unit_is_on_and_off(preset):
    work = network_of(PRESETS[preset]())
    z, _ = work.net.forward(work.X)
    assert np.abs(z[2]).min() > 0.05
    assert (z[2] > 0).any(axis=0).all() and (z[2] < 0).any(axis=0).all()


def test_the_first_preset_can_be_done_by_hand():
    for name, values in PRESETS["2-3-2"]().items():
        if name != "lam":
            assert np.array_equal(2 * values, np.round(2 * values)), name


def test_the_exercises_network_has_its_sizes():
    assert network_of(PRESETS["4-10-3"]()).sizes == {"N": 5, "D": 4, "H": 10, "K": 3}


def test_a_change_affects_one_entry():
    before = PRESETS["2-3-2"]()
    after = with_change(before, "W1", (1, 2), 7)
    assert after["W1"][1, 2] == 7 and before["W1"][1, 2] == -0.5
    after["W1"][1, 2] = before["W1"][1, 2]
    assert same(before, after)


@pytest.mark.parametrize(
    "name, index, value, message",
    [
        ("W1", (0, 1), 1000.5, "W1, row 1, column 2 = 1000.5: must be a number from -1000 to 1000."),
        ("X", (0, 0), float("nan"), "X, row 1, column 1 = nan"),
        ("b2", (1,), float("inf"), "b2, entry 2 = inf"),
        ("b1", (0,), "3", "b1, entry 1 = '3'"),
        ("W2", (0, 0), True, "W2, row 1, column 1 = True"),
        ("lam", (), -0.1, "λ = -0.1: must be a number from 0 to 1000."),
        ("y", (0,), 2, "y, entry 1 = 2: must be a whole number from 0 to 1."),
        ("y", (0,), 0.5, "y, entry 1 = 0.5"),
        ("W1", (2, 0), 1, "no such entry"),
        ("W1", (-1, 0), 1, "no such entry"),
        ("W1", (0,), 1, "no such entry"),
        ("W3", (0, 0), 1, "no such entry"),
    ],
)
def test_invalid_entries_are_rejected(name, index, value, message):
    with pytest.raises(ValueError) as caught:
        with_change(PRESETS["2-3-2"](), name, index, value)
    assert message in str(caught.value)


def test_entries_are_numbered_from_one():
    assert entry_text("W1", (0, 2)) == "W1, row 1, column 3"
    assert entry_text("lam", ()) == "λ"


ENTRIES = [
    (preset, name, index)
    for preset, numbers in PRESETS.items()
    for name, values in numbers().items()
    for index in np.ndindex(values.shape)
]


@given(st.sampled_from(ENTRIES), st.floats(-1000, 1000), st.sampled_from(ENTRIES), st.floats(0, 1000))
def test_a_link_restores_every_number(entry, value, other, second):
    preset, numbers = entry[0], PRESETS[entry[0]]()
    for (of, name, index), number in ((entry, value), (other, second)):
        if of == preset:
            number = int(number) % 2 if name == "y" else abs(number) if name == "lam" else number
            numbers = with_change(numbers, name, index, number)
    read, restored, understood = read_link(link_text(preset, numbers))
    assert understood and read == preset
    assert same(numbers, restored)


def test_a_link_names_only_what_was_changed():
    numbers = with_change(PRESETS["3-4-3"](), "lam", (), 0.5)
    assert link_text("3-4-3", numbers) == "3-4-3~lam_0.5"
    assert link_text(DEFAULT, PRESETS[DEFAULT]()) == DEFAULT


@pytest.mark.parametrize(
    "text",
    [
        "", "9-9-9", "2-3-2~", "2-3-2~W1_1_1_nan", "2-3-2~W1_1_1_inf", "2-3-2~W1_1_1_1e9", "2-3-2~W1_9_9_1", "2-3-2~W1_0_1_1",
        "2-3-2~y_1_7", "2-3-2~lam_-1", "2-3-2~W1_1_1_1.2.3", "2-3-2~__import__('os')", "2-3-2~\0", "2-3-2~W1_١_1_2", "~" * 9000,
        "2-3-2~" + "9" * 9000, "2-3-2~W1_1_1_" + "9" * 20,
    ],
)  # fmt: skip
def test_invalid_links_are_ignored(text):
    preset, numbers, understood = read_link(text)
    assert not understood
    assert preset == DEFAULT and same(numbers, PRESETS[DEFAULT]())


def test_the_valid_entries_of_a_link_are_used():
    _, numbers, understood = read_link("2-3-2~W1_1_1_4~nonsense~b2_1_-3")
    assert not understood
    assert numbers["W1"][0, 0] == 4 and numbers["b2"][0] == -3


def fields(numbers):
    return {name: values.ravel().tolist() for name, values in numbers.items()}


def test_fields_change_their_entries():
    chosen = Chosen("2-3-2", PRESETS["2-3-2"]())
    said = fields(chosen.numbers)
    said["W1"][4], said["y"][0], said["lam"][0] = 12.5, 1, 0
    take_fields(chosen, said)
    assert chosen.numbers["W1"][1, 1] == 12.5 and chosen.numbers["y"][0] == 1 and chosen.numbers["lam"] == 0
    assert same(chosen.numbers, read_link("2-3-2~W1_2_2_12.5~y_1_1~lam_0")[1])


@pytest.mark.parametrize("value", [1e9, float("nan"), None, "1", [1, 2], [0.5], {}, True, -(10**400)])
def test_an_invalid_field_is_ignored(value):
    chosen = Chosen("2-3-2", PRESETS["2-3-2"]())
    said = fields(chosen.numbers)
    said["W1"][0], said["X"][0] = value, 8
    take_fields(chosen, said)
    assert same(chosen.numbers, read_link("2-3-2~X_1_1_8")[1])


@pytest.mark.parametrize("said", [None, [], "W1", {"W1": 3}, {"W1": [1]}, {"W9": [1]}, {"X": None}])
def test_invalid_fields_change_nothing(said):
    chosen = Chosen("2-3-2", PRESETS["2-3-2"]())
    take_fields(chosen, said)
    assert same(chosen.numbers, PRESETS["2-3-2"]())


@pytest.mark.parametrize("text, number", [("12.5", 12.5), (" −,25 ", -0.25), ("+2e-1", 0.2), ("1.", 1)])
def test_a_text_in_place_changes_its_entry(text, number):
    chosen = Chosen("2-3-2", PRESETS["2-3-2"]())
    assert take_changes(chosen, {"W1_1_2": [5, text]}, since=4) == (5, None)
    assert chosen.numbers["W1"][0, 1] == number and chosen.starts == 1
    assert take_changes(chosen, {"W1_1_2": [5, "9"], "b2_1": [6, "3"]}, since=5) == (6, None)
    assert chosen.numbers["W1"][0, 1] == number and chosen.numbers["b2"][0] == 3


@pytest.mark.parametrize("text", ["", "abc", "1/3", "5000", "1e999", "nan", "1,2,3", "0x10", "1_0", "１"])
def test_a_text_that_is_no_number_changes_nothing_and_is_reported(text):
    chosen = Chosen("2-3-2", PRESETS["2-3-2"]())
    since, message = take_changes(chosen, {"W1_1_2": [5, text]}, since=0)
    assert message == "W1, row 1, column 2: type a number from −1000 to 1000, such as 0.5. Its last number stays in use."
    assert since == 5 and same(chosen.numbers, PRESETS["2-3-2"]())


@pytest.mark.parametrize(
    "changes",
    [
        None,
        [],
        {"W1_1_1": 3},
        {"W1_1_1": ["5", "1"]},
        {"W1_1_1": [5, 1]},
        {"W1_1_1": [5]},
        {"W1_9_9": [5, "1"]},
        {"x": [5, "1"]},
    ],
)
def test_invalid_changes_in_place_change_nothing(changes):
    chosen = Chosen("2-3-2", PRESETS["2-3-2"]())
    take_changes(chosen, changes, since=0)
    assert same(chosen.numbers, PRESETS["2-3-2"]())


def test_a_page_cannot_change_the_numbers_of_others():
    at = AppTest.from_string(PAGE).run()
    first = at.text[0].value
    assert at.run().text[0].value == first == "0.5 0.1"


def test_a_visit_starts_with_the_numbers_in_the_link_and_the_address_keeps_them():
    at = AppTest.from_string(PAGE)
    at.query_params["network"] = "2-3-2~W1_1_1_2.0~lam_0.5"
    at.run()
    assert at.text[0].value == "2.0 0.5"
    assert not at.toast
    at.session_state["worked_network"].begin("2-3-2")
    at.run()
    assert at.text[0].value == "0.5 0.1"
    assert "network" not in at.query_params
    at.session_state["worked_network"].begin("3-4-3")
    at.run()
    assert at.query_params["network"] in ("3-4-3", ["3-4-3"])


def test_an_invalid_link_is_reported():
    at = AppTest.from_string(PAGE)
    at.query_params["network"] = "none"
    at.run()
    assert not at.exception
    assert at.toast[0].value == INVALID
    assert at.text[0].value == "0.5 0.1"
