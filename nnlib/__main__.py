"""The command line: `python -m nnlib COMMAND`, or `nnlib COMMAND` where the package is installed. See nnlib/cli/main.py."""

import sys

try:
    from nnlib.cli.main import main
except ValueError as error:  # an invalid limit in the environment
    print(f"nnlib: {error}", file=sys.stderr)
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(main())
