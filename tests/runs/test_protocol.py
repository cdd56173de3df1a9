"""Valid messages are accepted and all others are rejected."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib.runs.protocol import (
    ACTIVE,
    BROWSER_COMMANDS,
    CHANGES_STATE,
    DURABLE,
    ENDS,
    HUB_COMMANDS,
    LONGEST_MESSAGE,
    OTHERS,
    PASSING,
    STATES,
    command_from_browser,
    command_from_hub,
    kind_of,
)
from nnlib.support.json_lines import to_line

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(["settings", "expectation", "run", "learning_rate", "reg", "batch_size", "steps_per_second", "value"])
commands = st.builds(
    lambda do, rest: {**rest, "do": do},
    st.sampled_from([*BROWSER_COMMANDS, *HUB_COMMANDS]) | json_values,
    st.dictionaries(names, json_values),
)


@settings(max_examples=100, deadline=None)
@given((json_values | commands).map(json.dumps) | st.text(max_size=200))
def test_a_message_is_a_command_or_raises_a_one_sentence_value_error(message):
    for read, known in ((command_from_browser, BROWSER_COMMANDS), (command_from_hub, HUB_COMMANDS)):
        try:
            command = read(message)
        except ValueError as error:
            assert 0 < len(str(error)) < 400 and "\n" not in str(error)
        else:
            assert command["do"] in known


NESTED = '{"do": "start", "settings": {"hidden": ' + "[" * 966 + "]" * 966 + "}}"


@pytest.mark.parametrize(
    "message", [None, b"", "[" * 60_000, NESTED, "9" * 5_000, '{"do": ' * 9_000, "x" * (LONGEST_MESSAGE + 1)]
)
def test_hostile_messages_are_rejected(message):
    with pytest.raises(ValueError, match="message"):
        command_from_browser(message)


@pytest.mark.parametrize("do", ["watched", "frames", "release", "threads"])
def test_a_browser_cannot_send_process_commands(do):
    with pytest.raises(ValueError, match="do = "):
        command_from_browser(json.dumps({"do": do, "value": True}))


def test_valid_commands_are_parsed():
    assert command_from_browser('{"do": "pause", "more": 1}') == {"do": "pause"}
    assert command_from_browser('{"do": "change", "batch_size": 8.0}') == {"do": "change", "batch_size": 8}
    assert command_from_browser('{"do": "change", "W1[0,3]": 1, "b": 1}') == {"do": "change", "W1[0,3]": 1.0}
    start = {"do": "start", "kind": "train", "settings": {}, "expectation": "learns"}
    assert command_from_browser(json.dumps(start)) == start | {"from": None}
    origin = {"run": "r" * 22, "step": 64}
    assert command_from_browser(json.dumps(start | {"from": origin})) == start | {"from": origin}
    mark = {"do": "mark", "run": "r" * 22, "name": "first", "pinned": True}
    assert command_from_browser(json.dumps(mark | {"more": 1})) == mark
    assert command_from_browser('{"do": "pace"}') == {"do": "pace", "steps_per_second": None}
    assert command_from_hub(b'{"do": "watched", "value": false}\n') == {"do": "watched", "value": False}
    assert command_from_hub('{"do": "frames", "per_second": 10}') == {"do": "frames", "per_second": 10.0}


@given(json_values)
def test_every_line_is_standard_json(value):
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    line = to_line({"event": "x", "value": value})
    json.loads(line, parse_constant=refuse)
    assert "\n" not in line and line.startswith('{"event": "x"')


def test_a_diverged_loss_becomes_null():
    assert (
        to_line({"loss": [1.5, float("nan")], "inner": {"a": (float("inf"), 2)}})
        == '{"loss": [1.5, null], "inner": {"a": [null, 2]}}'
    )


def test_the_kind_of_a_line_is_read_from_its_start():
    assert [kind_of(to_line({"event": kind, "step": 1})) for kind in (*DURABLE, *PASSING, *OTHERS)] == [
        *DURABLE,
        *PASSING,
        *OTHERS,
    ]
    assert [kind_of(line) for line in ("", "{}", '{"step": 1, "event": "frame"}', "[]")] == [""] * 4


def test_an_event_is_durable_or_transient_or_neither():
    assert len({*DURABLE, *PASSING, *OTHERS}) == len(DURABLE) + len(PASSING) + len(OTHERS)
    assert {*CHANGES_STATE} <= {*DURABLE, *PASSING, *OTHERS} and {*ACTIVE, *ENDS} <= {*STATES}


def test_the_document_lists_every_event_state_and_command():
    text = Path("docs/live-protocol.md").read_text()
    assert [kind for kind in (*DURABLE, *PASSING, *OTHERS) if f'{{"event": "{kind}"' not in text] == []
    assert [state for state in STATES if f"`{state}`" not in text] == []
    assert [do for do in (*BROWSER_COMMANDS, *HUB_COMMANDS) if f'{{"do": "{do}"' not in text] == []
