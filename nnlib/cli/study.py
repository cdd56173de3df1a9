"""`python -m nnlib study …`: begin a study or go on with one, show what is kept, list and export.

Optuna and Dask, which take a second to import, are imported only where they are used.
"""

import sys
from dataclasses import replace

from tqdm import tqdm

from nnlib.cli.arguments import NETWORK_HELP, BadArguments, ctrl_c_stops, print_event
from nnlib.studies.axes import AXES
from nnlib.studies.errors import StudyError
from nnlib.studies.local_workers import study_workers
from nnlib.studies.plans import planned
from nnlib.studies.study_settings import BUDGETS, COMMON, DATASETS, FIGURES, PRUNERS, SAMPLERS, StudySettings, check_name
from nnlib.support.settings import Field

WHAT = {
    "hidden": "validation accuracy against hidden size",
    "lr": "against learning rate",
    "iterations": "against iterations",
    "grid": "on a plane of hidden sizes and learning rates",
    "free": "over axes of your own, --vary",
}
HELP = {
    "dataset": f"what to learn: {', '.join(DATASETS)}",
    "budget": f"{' or '.join(BUDGETS)}: how many points, steps and networks",
    "trials": "points to train",
    "seeds": "networks trained at each point",
    "seed": "with grid or random and no pruner, the same seed gives the same study on any number of workers",
    "sampler": f"which points: {', '.join(SAMPLERS)}",
    "pruner": f"what ends hopeless trials early: {', '.join(PRUNERS)}",
    "vary": f"for free, axes: {', '.join(AXES)}",
}
SHORT = {"learning_rate": "lr", "learning_rate_values": "lr-values"}


def add_study(commands):
    """Add the command to the parsers of the command line."""
    study = commands.add_parser("study", help="search for good settings, and keep what was found")
    actions = study.add_subparsers(required=True, metavar="|".join([*FIGURES, "show", "list", "export"]))
    for figure, what in WHAT.items():
        parser = actions.add_parser(figure, help=what)
        _add_options(parser)
        parser.set_defaults(command=_politely(_run), figure=figure)

    show = actions.add_parser("show", help="the finished trials of a study")
    show.add_argument("name")
    show.set_defaults(command=_politely(_show))
    listing = actions.add_parser("list", help="all studies")
    listing.set_defaults(command=_politely(_list))
    export = actions.add_parser("export", help="write a study as a table or as a page")
    export.add_argument("name")
    export.add_argument("--csv", metavar="FILE", help="the finished trials, a line each")
    export.add_argument("--html", metavar="FILE", help="a page with figures and verdicts that needs nothing else")
    export.set_defaults(command=_politely(_export))
    for parser in (show, listing, export):
        parser.add_argument("--json", action="store_true", help="one JSON object a line")


def _politely(action):
    """The action, with what can be put right told as bad arguments are."""

    def run(options):
        from nnlib.studies.storage import storage_errors

        try:
            with storage_errors():
                return action(options)
        except StudyError as error:
            raise BadArguments(error) from None

    return run


def _add_options(parser):
    parser.add_argument("--name", required=True, help="of the study: letters, digits and - _ .")
    for name, told in HELP.items():
        parser.add_argument(f"--{_option(name)}", dest=name, metavar="VALUE", help=told)
    shared = parser.add_argument_group("the networks", "What all of them have in common.")
    for name in COMMON:
        shared.add_argument(f"--{_option(name)}", dest=name, metavar="VALUE", help=NETWORK_HELP[name])
    axes = parser.add_argument_group("the axes", "Values to try: 10,20,30. The samplers random and tpe draw between the ends.")
    for name, axis in AXES.items():
        axes.add_argument(f"--{_option(f'{name}_values')}", dest=f"{name}_values", metavar="VALUES", help=axis.title)
    parser.add_argument("--workers", metavar="N", help="processes on this machine (default: one for each core)")
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="use the workers of this Dask scheduler instead")
    parser.add_argument("--resume", action="store_true", help="go on with the study of this name, if there is one")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def _option(name):
    return SHORT.get(name, name).replace("_", "-")


# Beginning, and going on


def _run(options):
    name = check_name(options.name)
    try:
        given = _given(options)
        workers = study_workers() if options.workers is None else Field("int", 1, 1024).parse("workers", options.workers)
        settings = _settings(name, options, given)
    except ValueError as error:
        raise BadArguments(error) from None
    from nnlib.studies.coordinator import Coordinator

    with Coordinator(name, settings, options.scheduler, workers, options.resume) as coordinator:
        return _follow(coordinator, options.json)


def _given(options):
    """The settings that the options name, checked one by one. Raises ValueError."""
    named = [name for name in StudySettings.FIELDS if name != "figure" and getattr(options, name) is not None]
    given = {name: StudySettings.parse(name, getattr(options, name)) for name in named}
    if "std" in given:
        given.setdefault("init", "normal")
    if "lr_decay" in given:
        given.setdefault("schedule", "decay")
    return given


def _settings(name, options, given):
    """Those of the study that --resume goes on with, with which what is given must agree; or newly planned ones."""
    if options.resume:
        from nnlib.studies.stored_study import Book, UnknownStudy

        try:
            stored = Book.open(name).settings
        except UnknownStudy:
            pass
        else:
            return replace(stored, figure=options.figure, **given)
    return planned(options.figure, **given)


def _follow(coordinator, as_json):
    """Execute the study to its end, and show it. Returns the exit code."""
    from nnlib.studies.errors import StudyFailed
    from nnlib.training import Finished

    stopped = False
    try:
        with ctrl_c_stops(coordinator):
            coordinator.start()
            if as_json:
                print_event(_begun(coordinator))
            with tqdm(total=coordinator.iterations, initial=coordinator.step, unit="trial", disable=as_json or None) as bar:
                for event in coordinator.events(seconds=0.2):
                    _tell(event, bar, as_json)
                    if isinstance(event, Finished):
                        stopped = event.stopped
    except StudyFailed as error:
        print(f"nnlib: {error} Go on with --resume.", file=sys.stderr)
        return 1
    _result(coordinator.book, as_json, interrupted=stopped)
    return 130 if stopped else 0


def _begun(coordinator):
    from nnlib.studies.estimate import estimated_seconds

    estimate = estimated_seconds(coordinator.settings, max(1, coordinator.workers))
    return {
        "event": "started",
        "name": coordinator.book.name,
        "trials": coordinator.iterations,
        "done": coordinator.step,
        "workers": coordinator.workers,
        "estimated_seconds": round(estimate, 1),
        "settings": coordinator.settings.to_dict(),
    }


def _tell(event, bar, as_json):
    from nnlib.studies.coordinator import Progress, TrialDone

    if isinstance(event, TrialDone):
        bar.update()
        if as_json:
            print_event({"event": "trial", **event.record.line()})
        else:
            tqdm.write(_row(event.record))
    elif isinstance(event, Progress):
        bar.set_postfix_str(f"{event.workers} workers" if event.workers else "waiting for workers")


# What is kept


def _show(options):
    book = _book(options.name)
    for record in book.finished():
        if options.json:
            print_event({"event": "trial", **record.line()})
        else:
            print(_row(record))
    _result(book, options.json)
    return 0


def _row(record):
    params = ", ".join(f"{name} {value:g}" for name, value in record.params.items())
    ending = "" if record.state == "complete" else f"  {record.state}"
    return f"{record.number:>4}  {params:<44} validation {record.val_accuracy:.1%}{ending}"


def _book(name):
    from nnlib.studies.stored_study import Book

    return Book.open(name)


def _result(book, as_json, interrupted=False):
    from nnlib.studies.verdicts import verdicts

    records = book.finished()
    complete = [record for record in records if record.state == "complete"]
    best = max(complete, key=lambda record: record.val_accuracy, default=None)
    found = verdicts(book.settings, records)
    if as_json:
        print_event(
            {
                "event": "result",
                "name": book.name,
                "trials": len(records),
                "of": book.settings.trials,
                "pruned": len(records) - len(complete),
                "best": None if best is None else best.line(),
                "seconds": round(sum(record.seconds for record in records), 3),
                "interrupted": interrupted,
                "verdicts": [verdict.line() for verdict in found],
                "importances": book.importances(),
                "settings": book.settings.to_dict(),
            }
        )
        return
    print(f"{len(records)} of {book.settings.trials} trials of {book.name} are finished.")
    if best is not None:
        print(f"best:\n{_row(best)}, test {best.test_accuracy:.1%}")
    for verdict in found:
        print(f"{verdict.claim}\n  {verdict.verdict}: {verdict.evidence}")


def _list(options):
    from nnlib.studies.stored_study import Book, study_names

    names = study_names()
    for name in names:
        try:
            book = Book.open(name)
        except ValueError as error:  # kept by another version, or under wider limits
            print(f"{name}: {error}", file=sys.stderr)
            continue
        settings, done = book.settings, book.count()
        if options.json:
            print_event(
                {"event": "study", "name": name, "figure": settings.figure, "dataset": settings.dataset,
                 "sampler": settings.sampler, "trials": done, "of": settings.trials}
            )  # fmt: skip
        else:
            print(f"{name:<24} {settings.figure:<10} {settings.dataset:<8} {done} of {settings.trials} trials")
    if options.json:
        print_event({"event": "result", "studies": len(names)})
    return 0


def _export(options):
    if not (options.csv or options.html):
        raise BadArguments("export: say where to, with --csv FILE or --html FILE.")
    from nnlib.studies.export import write_csv, write_html

    book = _book(options.name)
    if options.csv:
        write_csv(book, options.csv)
    if options.html:
        write_html(book, options.html)
    written = [path for path in (options.csv, options.html) if path]
    if options.json:
        print_event({"event": "result", "name": book.name, "written": written})
    else:
        print(f"{book.name} is in {' and '.join(written)}.")
    return 0
