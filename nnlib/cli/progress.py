"""What a command shows while it works: progress bars on a terminal, or one JSON object a line."""

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from nnlib.data.progress import Progress
from nnlib.support.json_lines import to_line
from nnlib.training import Diverged, Evaluation, Metrics


def print_event(event: Mapping[str, Any]) -> None:
    """Print one JSON object on a line of its own."""
    print(to_line(event), flush=True)


@contextmanager
def progress_bars(as_json: bool) -> Iterator[Progress]:
    """Give a callback (what, done, total) that draws a progress bar on a terminal, or prints JSON lines."""
    if as_json:
        yield lambda what, done, total: print_event({"event": "preparing", "what": what, "done": done, "total": total})
        return
    from tqdm import tqdm

    with tqdm(disable=None) as bar:

        def progress(what, done, total):
            bar.set_description_str(what, refresh=False)
            bar.total = total
            bar.update(done - bar.n)

        yield progress


class Stoppable(Protocol):
    """A training or a study: what `ctrl_c_stops` can stop."""

    def stop(self) -> None: ...


@contextmanager
def ctrl_c_stops(training: Stoppable) -> Iterator[None]:
    """In this block the first Ctrl-C stops the training between two steps; the second one interrupts it at once."""

    def stop(*_):
        training.stop()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def follow(training: Any, as_json: bool, lines: Mapping[type, Callable[[Any], dict]]) -> Diverged | None:
    """Train to the end, with a progress bar or with JSON lines.

    Parameters
    ----------
    training
        A nnlib.training.Training, or anything else with its `iterations` and `events`.
    as_json
        Print the events that `lines` names instead of drawing a bar.
    lines
        Type of an event → a function from the event to the object that is printed.

    Returns
    -------
    Diverged or None
        The event that ended a training that diverged.
    """
    from tqdm import tqdm

    with tqdm(total=training.iterations, unit="step", disable=as_json or None) as bar:
        for event in training.events(seconds=0.5):
            if isinstance(event, Metrics):
                bar.update(len(event.losses))
            elif isinstance(event, Evaluation):
                bar.set_postfix(val=f"{event.val_accuracy:.1%}", loss=f"{event.loss:.3f}")
            if as_json and type(event) in lines:
                print_event(lines[type(event)](event))
            if isinstance(event, Diverged):
                return event
    return None


def metrics_line(event: Metrics) -> dict:
    """The object that is printed for the losses of consecutive steps."""
    return {"event": "metrics", "first": event.first_step, "loss": event.losses}
