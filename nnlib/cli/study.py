"""`python -m nnlib study …`: start or resume a study, show its trials, list all studies, export one.

Optuna and Dask, which take a second to import, are imported only where they are used.
"""

import sys
from dataclasses import replace

from nnlib.cli.arguments import BadArguments, Commands, add_json, add_settings, given_settings, output_file
from nnlib.cli.progress import ctrl_c_stops, print_event
from nnlib.cluster.errors import SchedulerError
from nnlib.runs.environment import check_database
from nnlib.studies.errors import StudyError
from nnlib.studies.local_workers import study_workers
from nnlib.studies.plans import planned
from nnlib.studies.study_settings import FIGURES, StudySettings, check_name
from nnlib.support.settings import Field

WHAT = {
    "hidden": "validation accuracy against hidden size",
    "lr": "against learning rate",
    "iterations": "against iterations",
    "grid": "on a plane of hidden sizes and learning rates",
    "free": "over the settings that --vary names",
}


def add_command(commands: Commands) -> None:
    """Add `study` to the commands."""
    study = commands.add_parser("study", help="search for good settings, and store every trial")
    actions = study.add_subparsers(required=True, metavar="|".join([*FIGURES, "show", "list", "export"]))
    for figure, what in WHAT.items():
        parser = actions.add_parser(figure, help=what)
        _add_options(parser)
        parser.set_defaults(command=_reporting_errors(_run), figure=figure)

    show = actions.add_parser("show", help="print the finished trials of a study")
    show.add_argument("name")
    show.set_defaults(command=_reporting_errors(_show))
    listing = actions.add_parser("list", help="list all studies")
    listing.set_defaults(command=_reporting_errors(_list))
    export = actions.add_parser("export", help="write a study as a table or as a page")
    export.add_argument("name")
    export.add_argument("--csv", metavar="FILE", type=output_file, help="write the finished trials, one a line")
    export.add_argument(
        "--html", metavar="FILE", type=output_file, help="write a self-contained page with figures and verdicts"
    )
    export.set_defaults(command=_reporting_errors(_export))
    for parser in (show, listing, export):
        add_json(parser)


def _reporting_errors(action):
    """The action, with a StudyError reported as bad arguments."""

    def run(options):
        from nnlib.studies.storage import storage_errors

        try:
            check_database()
            with storage_errors():
                return action(options)
        except (SchedulerError, StudyError) as error:
            raise BadArguments(error) from None

    return run


def _add_options(parser):
    parser.add_argument("--name", required=True, help="name of the study: letters, digits and - _ .")
    add_settings(parser, StudySettings, without=["figure"])
    parser.add_argument("--workers", metavar="N", help="processes on this machine (default: one for each core)")
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="use the workers of this Dask scheduler instead")
    parser.add_argument("--resume", action="store_true", help="continue the study of this name if it exists")
    add_json(parser)


# Starting and resuming


def _run(options):
    name = check_name(options.name)
    try:
        given = given_settings(options, StudySettings)
        workers = study_workers() if options.workers is None else Field("int", 1, 1024).parse("workers", options.workers)
        settings = _settings(name, options, given)
    except ValueError as error:
        raise BadArguments(error) from None
    from nnlib.studies.coordinator import Coordinator

    with Coordinator(name, settings, options.scheduler, workers, options.resume) as coordinator:
        return _follow(coordinator, options.json)


def _settings(name, options, given):
    """The settings of the study that --resume continues, with the given ones in them; those of a new study otherwise."""
    if options.resume:
        from nnlib.studies.stored_study import StoredStudy, UnknownStudy

        try:
            stored = StoredStudy.open(name).settings
        except UnknownStudy:
            pass
        else:
            return replace(stored, **given)
    return planned(**given)


def _follow(coordinator, as_json):
    """Execute the study to its end and show its trials. Returns the exit code."""
    from tqdm import tqdm

    from nnlib.studies.errors import StudyFailed
    from nnlib.training import Finished

    stopped = False
    try:
        with ctrl_c_stops(coordinator):
            coordinator.start()
            if as_json:
                print_event(_started_line(coordinator))
            with tqdm(total=coordinator.iterations, initial=coordinator.step, unit="trial", disable=as_json or None) as bar:
                for event in coordinator.events(seconds=0.2):
                    _show_event(event, bar, as_json)
                    if isinstance(event, Finished):
                        stopped = event.stopped
    except StudyFailed as error:
        print(f"nnlib: {error} Continue with --resume.", file=sys.stderr)
        return 1
    _result(coordinator.stored, as_json, interrupted=stopped)
    return 130 if stopped else 0


def _started_line(coordinator):
    from nnlib.studies.estimate import estimated_seconds

    estimate = estimated_seconds(coordinator.settings, max(1, coordinator.workers))
    return {
        "event": "started",
        "name": coordinator.stored.name,
        "trials": coordinator.iterations,
        "done": coordinator.step,
        "workers": coordinator.workers,
        "estimated_seconds": round(estimate, 1),
        "settings": coordinator.settings.to_dict(),
    }


def _show_event(event, bar, as_json):
    from nnlib.studies.coordinator import Progress, TrialDone

    if isinstance(event, TrialDone):
        bar.update()
        if as_json:
            print_event({"event": "trial", **event.record.line()})
        else:
            bar.write(_row(event.record))
    elif isinstance(event, Progress):
        bar.set_postfix_str(f"{event.workers} workers" if event.workers else "waiting for workers")


# Stored studies


def _show(options):
    stored = _stored(options.name)
    for record in stored.finished():
        if options.json:
            print_event({"event": "trial", **record.line()})
        else:
            print(_row(record))
    _result(stored, options.json)
    return 0


def _row(record):
    params = ", ".join(f"{name} {value:g}" for name, value in record.params.items())
    ending = "" if record.state == "complete" else f"  {record.state}"
    return f"{record.number:>4}  {params:<44} validation {record.val_accuracy:.1%}{ending}"


def _stored(name):
    from nnlib.studies.stored_study import StoredStudy

    return StoredStudy.open(name)


def _result(stored, as_json, interrupted=False):
    from nnlib.studies.verdicts import verdicts

    records = stored.finished()
    complete = [record for record in records if record.state == "complete"]
    best = max(complete, key=lambda record: record.val_accuracy, default=None)
    found = verdicts(stored.settings, records)
    if as_json:
        print_event(
            {
                "event": "result",
                "name": stored.name,
                "trials": len(records),
                "of": stored.settings.trials,
                "pruned": len(records) - len(complete),
                "best": None if best is None else best.line(),
                "seconds": round(sum(record.seconds for record in records), 3),
                "interrupted": interrupted,
                "verdicts": [verdict.line() for verdict in found],
                "importances": stored.importances(),
                "settings": stored.settings.to_dict(),
            }
        )
        return
    print(f"{len(records)} of {stored.settings.trials} trials of {stored.name} are finished.")
    if best is not None:
        print(f"best:\n{_row(best)}, test {best.test_accuracy:.1%}")
    for verdict in found:
        print(f"{verdict.claim}\n  {verdict.verdict}: {verdict.evidence}")


def _list(options):
    from nnlib.studies.stored_study import StoredStudy, study_names

    names = study_names()
    for name in names:
        try:
            stored = StoredStudy.open(name)
        except ValueError as error:  # stored by another version, or under wider limits
            print(f"{name}: {error}", file=sys.stderr)
            continue
        settings, done = stored.settings, stored.count()
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
        raise BadArguments("export: --csv FILE or --html FILE is missing.")
    from nnlib.studies.export import write_csv, write_html

    stored = _stored(options.name)
    if options.csv:
        write_csv(stored, options.csv)
    if options.html:
        write_html(stored, options.html)
    written = [path for path in (options.csv, options.html) if path]
    if options.json:
        print_event({"event": "result", "name": stored.name, "written": written})
    else:
        print(f"{stored.name} is written to {' and '.join(written)}.")
    return 0
