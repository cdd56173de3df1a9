"""What every benchmark prints with: medians, a table, and whether targets are met."""

import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from statistics import median

__all__ = ["Target", "cores", "machine", "median", "percentile", "show_machine", "show_table", "show_targets", "write_json"]


@dataclass
class Target:
    """A figure to reach. `figure` None: it could not be measured, and `note` says why."""

    what: str
    limit: float
    figure: float | None
    unit: str = "×"
    at_least: bool = False
    note: str = ""

    @property
    def met(self):
        if self.figure is None:
            return None
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit


def percentile(values, share):
    """The value below which `share` (0 to 1) of the values lie, nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def machine():
    """What the figures are taken on, a dict. Ask before measuring: `load` is then what others do to the machine."""
    import numpy
    from threadpoolctl import threadpool_info

    load = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    blas = next((pool for pool in threadpool_info() if pool["user_api"] == "blas"), {})
    return {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "blas": f"{blas.get('internal_api')} {blas.get('version')}, kernel {blas.get('architecture')}",
        "cores": cores(),
        "load": load,
    }


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def show_machine(about):
    """Print what `machine()` found, with a warning if somebody else was using it."""
    print("Python {python}, NumPy {numpy}, {blas}, {cores} cores, load before: {load}".format(**about))
    if about["load"] is not None and about["load"] > 0.3 * about["cores"]:
        print("The machine was not quiet: take the figures again when it is.")


def show_table(title, columns, rows):
    """Print rows of strings under their columns: the first to the left, the others to the right."""
    widths = [max(len(str(row[i])) for row in [columns, *rows]) for i in range(len(columns))]
    print(f"\n{title}")
    for row in [columns, ["─" * width for width in widths], *rows]:
        first, *others = [str(cell) for cell in row]
        aligned = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:]))]
        print("  " + "  ".join(aligned).rstrip())


def show_targets(targets):
    """Print each target, its figure, and whether it is met."""
    rows = []
    for target in targets:
        sign = "≥" if target.at_least else "≤"
        figure = "–" if target.figure is None else _number(target.figure) + target.unit
        verdict = {True: "met", False: "MISSED", None: "not measured"}[target.met]
        rows.append([target.what, f"{sign} {_number(target.limit)}{target.unit}", figure, f"{verdict} {target.note}"])
    show_table("Targets", ["what", "target", "here", ""], rows)


def write_json(result, targets):
    """Print everything as one JSON object."""
    result["targets"] = [asdict(target) | {"met": target.met} for target in targets]
    json.dump(result, sys.stdout, ensure_ascii=False)
    print()


def _number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"
