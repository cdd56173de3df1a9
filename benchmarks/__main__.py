"""`python -m benchmarks NAME`: figures to read, never asserted in tests. README.md beside this file says what each compares."""

import sys

from benchmarks import classroom, lessons, live, mlp, signal, step, studies, verdicts

BENCHMARKS = {
    "step": step,
    "live": live,
    "lessons": lessons,
    "class": classroom,
    "mlp": mlp,
    "signal": signal,
    "study": studies,
    "verdicts": verdicts,
}


def main(arguments):
    if not arguments or arguments[0] not in BENCHMARKS:
        print(f"python -m benchmarks NAME [options]: NAME is one of {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    return BENCHMARKS[arguments[0]].main(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
