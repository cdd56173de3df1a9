"""What a race of samplers shows, computed from its trials: who found how much, after how many trials, and what is mere luck.

Accuracies on a validation set differ by chance. Searches are a tie unless the best of them is clearly ahead of the others, as
chance.py has it.
"""

from dataclasses import dataclass

import numpy as np

from nnlib.studies.chance import clear_difference, judged_on
from nnlib.studies.study_settings import SAMPLER_NAMES, SAMPLERS
from nnlib.support.number_text import percent

NAMES = SAMPLER_NAMES | {"grid": "the grid"}
NEAR = 0.05  # of accuracy below the best of a race


@dataclass(frozen=True)
class Find:
    """The best trial of a search: its accuracy, 0 to 1, and after how many trials it was found."""

    sampler: str
    accuracy: float
    trials: int


def finds(searches):
    """The Finds of a round's searches (sampler → TrialRecords by number) that have any trial, the best first; of those that
    found the same, the earlier."""
    found = []
    for sampler, records in searches.items():
        if records:
            best = max(records, key=lambda record: record.val_accuracy)  # the first of several
            found.append(Find(sampler, best.val_accuracy, records.index(best) + 1))
    return sorted(found, key=lambda find: (-find.accuracy, find.trials))


def summary(searches):
    """The Finds in a sentence without its full stop, to be a title."""
    found = finds(searches)
    if not found:
        return "No trial is finished yet"
    first = found[0]
    parts = [f"{NAMES[first.sampler]} found {percent(first.accuracy)} after {_trials(first.trials)}"]
    parts += [f"{NAMES[find.sampler]} {percent(find.accuracy)} after {find.trials}" for find in found[1:]]
    return _capital(", ".join(parts))


def leaders(settings, searches):
    """The samplers whose best is not clearly behind the best of all: one has won, several are a tie."""
    found = finds(searches)
    first = found[0].accuracy
    return [find.sampler for find in found if first - find.accuracy <= _clear_lead(settings, first, find.accuracy)]


def _clear_lead(settings, one, other):
    """What a search must be ahead of both others by, where it found `one` and they `other`."""
    return float(clear_difference(one, other, examples(settings), len(SAMPLERS) - 1))


def examples(settings):
    """How many validation examples an accuracy of the race comes from."""
    return judged_on(settings.study("grid"))


def winner(settings, rounds):
    """The sampler that won more than half of the rounds (a list of searches), or None."""
    won = [led[0] for searches in rounds if len(led := leaders(settings, searches)) == 1]
    return next((sampler for sampler in SAMPLERS if 2 * won.count(sampler) > len(rounds)), None)


def judged(settings, rounds):
    """What all finished rounds say together, and how much of it may be luck: sentences."""
    return _one(settings, rounds[0]) if len(rounds) == 1 else _several(settings, rounds)


def _one(settings, searches):
    found, led = finds(searches), leaders(settings, searches)
    first, other = (found[place].accuracy for place in (0, max(1, len(led) - 1)))
    apart, needed = _points(first - other), _points(_clear_lead(settings, first, other))
    clear = f"A clear lead on {examples(settings):,} validation examples takes more than {needed}."
    if len(led) == 1:
        return (
            f"{_capital(NAMES[led[0]])} is ahead by {apart}. {clear} Still, this is one race: another seed may end otherwise."
        )
    return f"A tie: the best of {_listed(led)} lie within {apart}. {clear} Which of them is ahead may be luck."


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
        f"On average over {len(rounds)} races, the best accuracy was {', '.join(reached)}. Of the races, {_and(ends)}. Only a "
        f"lead of about {lead} or more, which is hardly luck on {examples(settings):,} validation examples, counts as won."
    )


def means(rounds):
    """Sampler → the mean of its best accuracies over the rounds."""
    return {sampler: float(np.mean([_best(searches[sampler]) for searches in rounds])) for sampler in SAMPLERS}


def near_best(searches):
    """Sampler → how many of its trials lie within NEAR of the best of the round: on good points, or on bad ones?"""
    most = max((find.accuracy for find in finds(searches)), default=0.0)
    return {name: sum(record.val_accuracy > most - NEAR for record in records) for name, records in searches.items()}


def distinct(records, axis):
    """How many different values of an axis the trials have."""
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
