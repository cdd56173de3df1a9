"""An exercise comes back after minutes, days and weeks, and sooner after a wrong answer."""

from datetime import UTC, datetime, timedelta

import pytest

from nnlib.practice.review import due_at, first_card, is_card, next_card

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


def intervals(answers):
    card, now, found = first_card(NOW), NOW, []
    found.append(due_at(card) - now)
    for known in answers:
        now = due_at(card)
        card = next_card(card, known, now)
        found.append(due_at(card) - now)
    return found


def test_right_answers_lead_from_minutes_to_days_and_weeks():
    found = intervals([True] * 7)
    assert found == sorted(found)
    assert found[0] <= timedelta(minutes=10) and any(timedelta(days=1) <= each < timedelta(days=7) for each in found)
    assert found[-1] >= timedelta(weeks=1)


def test_a_wrong_answer_brings_it_back_soon():
    assert intervals([True] * 5 + [False])[-1] <= timedelta(minutes=10)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "3", '{"card_id": 0}', "NaN", "[" * 5000])
def test_what_is_not_a_card_is_recognised(text):
    assert is_card(first_card(NOW), NOW) and not is_card(text, NOW)


@pytest.mark.parametrize(
    "old, new",
    [
        ('"due": "2026', '"due": "x'),
        ('"state": 1', '"state": 9'),
        ('"due": "2026-03-09T12:01:00+00:00"', '"due": "2026-03-09"'),
    ],
)
def test_a_damaged_card_is_recognised(old, new):
    card = first_card(NOW)
    assert old in card and not is_card(card.replace(old, new), NOW)
