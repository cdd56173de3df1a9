"""When an exercise that was answered wrong, or guessed, is asked again: after minutes, then days, then weeks, if it is known.

The intervals are those of FSRS, a model of forgetting that was fitted to the reviews of many learners: see
https://github.com/open-spaced-repetition/py-fsrs. A card is its JSON text, which a browser can store.
"""

import math
from datetime import datetime

from fsrs import Card, Rating, Scheduler

_SCHEDULER = Scheduler(enable_fuzzing=False)


def first_card(now: datetime) -> str:
    """The card of an exercise that was just answered wrong, or guessed. `now` is in UTC."""
    return _reviewed(Card(card_id=0, due=now), Rating.Again, now)


def next_card(card: str, known: bool, now: datetime) -> str:
    """The card after a review. known: whether the first attempt was right, and no guess."""
    return _reviewed(Card.from_json(card), Rating.Good if known else Rating.Again, now)


def due_at(card: str) -> datetime:
    """When the exercise is due, in UTC."""
    return Card.from_json(card).due


def is_card(text: str, now: datetime) -> bool:
    """Whether a text from a browser is a card that can be reviewed."""
    try:
        card = Card.from_json(text)
        next_card(text, True, now)
        return card.due <= now or math.isfinite((card.due - now).total_seconds())
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, AssertionError, RecursionError):
        return False


def _reviewed(card, rating, now):
    card, _ = _SCHEDULER.review_card(card, rating, now)
    return card.to_json()
