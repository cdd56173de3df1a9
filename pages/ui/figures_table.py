"""A small table of figures as HTML: a name in front of every row, and the cells one under another.

Plain HTML: a screen reader reads it as a table, a phone scrolls it inside its own box, and the text takes the page's colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

STYLE = """<style>
.figures { overflow: auto; max-width: 100%; }
.figures table { border-collapse: collapse; font-size: 15px; font-variant-numeric: tabular-nums; }
.figures caption { caption-side: top; text-align: left; color: inherit; white-space: nowrap; }
.figures :is(th, td) { padding: 4px 6px; text-align: right; font-weight: 400; white-space: nowrap; border: 0; }
.figures thead th { vertical-align: bottom; white-space: normal; opacity: .8; }
.figures tbody :is(th, td) { border-top: 1px solid color-mix(in srgb, currentColor 30%, transparent); }
.figures tbody th { text-align: left; white-space: normal; }
</style>"""


@dataclass(frozen=True)
class Row:
    """name and cells, as HTML; style, CSS of the whole row; testid, by which a test finds it."""

    name: str
    cells: Sequence[str]
    style: str = ""
    testid: str = ""


def figures_table(testid: str, rows: Sequence[Row], heads: Sequence[str] = (), caption="", tallest: int | None = None) -> str:
    """The table as HTML, with its style.

    heads     HTML of the headings, the one above the names first; none for a table that explains itself
    caption   HTML
    tallest   the most pixels that it takes: what is longer is scrolled
    """
    box = f' style="max-height:{tallest}px"' if tallest else ""
    told = f"<caption>{caption}</caption>" if caption else ""
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    return (
        f'{STYLE}<div class="figures scrolls"{box} tabindex="0"><table data-testid="{testid}">{told}'
        f"{f'<thead><tr>{head}</tr></thead>' if head else ''}<tbody>{''.join(map(_row, rows))}</tbody></table></div>"
    )


def _row(row):
    attributes = "".join(f' {name}="{value}"' for name, value in (("style", row.style), ("data-testid", row.testid)) if value)
    cells = "".join(f"<td>{each}</td>" for each in row.cells)
    return f'<tr{attributes}><th scope="row">{row.name}</th>{cells}</tr>'
