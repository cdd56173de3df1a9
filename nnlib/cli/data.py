"""`python -m nnlib data`: list the data sets, or download one."""

import signal

from nnlib.cli.arguments import Commands, add_json
from nnlib.cli.progress import print_event, progress_bars
from nnlib.data import DATASETS, describe_datasets, fetch, load_dataset


def add_command(commands: Commands) -> None:
    """Add `data` to the commands."""
    parser = commands.add_parser("data", help="list the data sets, or download one")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list the data sets, and where each is found")
    add_json(listing)
    listing.set_defaults(command=_list)
    fetching = actions.add_parser("fetch", help="download a data set, and convert it for use")
    fetching.add_argument("name", choices=DATASETS)
    add_json(fetching)
    fetching.set_defaults(command=_fetch)


def _list(options):
    for status in describe_datasets():
        if options.json:
            print_event({"event": "dataset", **vars(status)})
        else:
            print(f"{status.name:<9} {status.title:<32} {status.where or 'not found: ' + status.how}")
    if options.json:
        print_event({"event": "result", "datasets": len(DATASETS)})
    return 0


def _fetch(options):
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a page ends the download: leave no partial file, as on Ctrl-C
    with progress_bars(options.json) as progress:
        fetch(options.name, progress)
        if DATASETS[options.name].download:
            load_dataset(options.name, progress=progress)  # converts what was downloaded, or lay there before
    if options.json:
        print_event({"event": "result", "name": options.name})
    else:
        print(f"{options.name} is ready.")
    return 0
