"""The results of a race of samplers: what each search found, after how many trials, and which leads may be chance.

Accuracies on a validation set differ by chance. A race is a tie unless one search is clearly ahead of the others, as chance.py
defines it. `searches` are those of one round: sampler → TrialRecords by number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlib.studies.chance import clear_difference, judged_on
from nnlib.studies.race_settings import RaceSettings
from nnlib.studies.records import TrialRecord
from nnlib.studies.study_settings import SAMPLER_NAMES, SAMPLERS
from nnlib.support.number_text import percent

NAMES = SAMPLER_NAMES | {"grid": "the grid"}
NEAR = 0.05  # of accuracy below the best of a race

Searches = Mapping[str, Sequence[TrialRecord]]


@dataclass(frozen=True)
class Find:
    """The best trial of a search: its accuracy, 0 to 1, and the number of trials until it was found."""

    sampler: str
    accuracy: float
    trials: int


def finds(searches: Searches) -> list[Find]:
    """Return the Find of each search that has a trial, the best first. Of equal accuracies, the earlier comes first."""
    found = []
    for sampler, records in searches.items():
        if records:
            best = max(records, key=lambda record: record.val_accuracy)  # the first, if several are equal
            found.append(Find(sampler, best.val_accuracy, records.index(best) + 1))
    return sorted(found, key=lambda find: (-find.accuracy, find.trials))


def summary(searches: Searches) -> str:
    """Return what the searches found, as a title."""
    found = finds(searches)
    if not found:
        return "No trial is finished yet"
    first = found[0]
    parts = [f"{NAMES[first.sampler]} found {percent(first.accuracy)} after {_trials(first.trials)}"]
    parts += [f"{NAMES[find.sampler]} {percent(find.accuracy)} after {find.trials}" for find in found[1:]]
    return _capital(", ".join(parts))


def leaders(settings: RaceSettings, searches: Searches) -> list[str]:
    """Return the samplers whose best trial is not clearly behind the best of all. One has won; several are a tie."""
    found = finds(searches)
    first = found[0].accuracy
    return [find.sampler for find in found if first - find.accuracy <= _clear_lead(settings, first, find.accuracy)]


def _clear_lead(settings, one, other):
    """Return the clear lead over both other searches, for accuracies `one` and `other`."""
    return float(clear_difference(one, other, examples(settings), len(SAMPLERS) - 1))


def examples(settings: RaceSettings) -> int:
    """Return how many validation examples an accuracy of the race comes from."""
    return judged_on(settings.study("grid"))


def winner(settings: RaceSettings, rounds: Sequence[Searches]) -> str | None:
    """Return the sampler that won more than half of the rounds, or None."""
    won = [led[0] for searches in rounds if len(led := leaders(settings, searches)) == 1]
    return next((sampler for sampler in SAMPLERS if 2 * won.count(sampler) > len(rounds)), None)


def judged(settings: RaceSettings, rounds: Sequence[Searches]) -> str:
    """Return sentences: the result of all finished rounds together, and how much of it may be luck."""
    return _one(settings, rounds[0]) if len(rounds) == 1 else _several(settings, rounds)


def _one(settings, searches):
    found, led = finds(searches), leaders(settings, searches)
    first, other = (found[place].accuracy for place in (0, max(1, len(led) - 1)))
    apart, needed = _points(first - other), _points(_clear_lead(settings, first, other))
    clear = f"A clear lead on {examples(settings):,} validation examples is more than {needed}."
    if len(led) == 1:
        return f"{_capital(NAMES[led[0]])} is ahead by {apart}. {clear} But another seed may give another result."
    return f"A tie: the best of {_listed(led)} lie within {apart}. {clear} The order of these may be luck."


def _several(settings, rounds):
    mean = means(rounds)
    reached = [f"{NAMES[sampler]} {percent(mean[sampler])}" for sampler in sorted(mean, key=lambda sampler: -mean[sampler])]
    led = [leaders(settings, searches) for searches in rounds]
    ends = [f"{NAMES[sampler]} won {led.count([sampler])}" for sampler in SAMPLERS if [sampler] in led]
    if ties := sum(len(samplers) > 1 for samplers in led):
        ends.append(f"{ties} {'was a tie' if ties == 1 else 'were ties'}")
    best = max(mean.values())
    lead = _points(_clear_lead(settings, best, best))
    return (
        f"On average over {len(rounds)} races, the best accuracy was {', '.join(reached)}. Of the races, {_and(ends)}. A race "
        f"counts as won if the lead is about {lead} or more: on {examples(settings):,} validation examples, such a lead "
        "hardly comes from the choice of the examples. Which points a search drew is partly luck."
    )


def means(rounds: Sequence[Searches]) -> dict[str, float]:
    """Return sampler → the mean of its best accuracies over the rounds."""
    return {sampler: float(np.mean([_best(searches[sampler]) for searches in rounds])) for sampler in SAMPLERS}


def near_best(searches: Searches) -> dict[str, int]:
    """Return sampler → how many of its trials are within NEAR of the best of the round."""
    most = max((find.accuracy for find in finds(searches)), default=0.0)
    return {name: sum(record.val_accuracy > most - NEAR for record in records) for name, records in searches.items()}


def distinct(records: Sequence[TrialRecord], axis: str) -> int:
    """Return how many different values of an axis the trials have."""
    return len({record.params[axis] for record in records})


def _best(records):
    return max(record.val_accuracy for record in records)


def _points(share):
    return f"{100 * share:.1f} points"


def _trials(count):
    return f"{count} trial{'s' * (count != 1)}"


def _listed(samplers):
    return _and([NAMES[sampler] for sampler in samplers])


def _and(words):
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _capital(sentence):
    return sentence[:1].upper() + sentence[1:]
