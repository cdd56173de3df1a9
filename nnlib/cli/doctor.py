"""`python -m nnlib doctor`: checks the set-up of a server, and says what to change."""

from nnlib.cli.arguments import BadArguments, Commands, add_json
from nnlib.cli.progress import print_event


def add_command(commands: Commands) -> None:
    """Add `doctor` to the commands."""
    parser = commands.add_parser("doctor", help="check the set-up of a server; exit code 0 only where all is well")
    parser.add_argument("--url", help="also check the server that runs at this address, as a browser sees it")
    add_json(parser)
    parser.set_defaults(command=_doctor)


def _doctor(options):
    from nnlib.runs.server.outside_checks import Address
    from nnlib.runs.server.setup_checks import SETUP_CHECKS

    try:
        outside = Address(options.url).checks if options.url else {}
    except ValueError as error:
        raise BadArguments(error) from None
    wrong = []
    for name, check in (SETUP_CHECKS | outside).items():
        finding = check()
        if not finding.ok:
            wrong.append(name)
        if options.json:
            print_event({"event": "check", "name": name, **finding._asdict()})
        else:
            remedy = f" → {finding.remedy}" if finding.remedy else ""
            print(f"{'ok   ' if finding.ok else 'WRONG'} {name:<10} {finding.sentence}{remedy}", flush=True)
        if name == "health" and not finding.ok:
            break  # the others would say the same
    if options.json:
        print_event({"event": "result", "ok": not wrong, "wrong": wrong})
    return 1 if wrong else 0
