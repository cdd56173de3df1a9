"""HTML tables: a name in front of every row, and headings above the columns. style.css holds their styles.

Plain HTML, so that it is drawn at once: a screen reader reads it as a table, a phone scrolls it inside its own box, and the
text takes the page's colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

COLUMN_SCOPE, ROW_SCOPE = ' scope="col"', ' scope="row"'


class Html(str):
    """Markup of the app's own. All other text in a table is escaped."""


@dataclass(frozen=True)
class Cell:
    """
    content : Html, or anything else as escaped text
    style : CSS
    classes : CSS classes
    testid : by which a test finds it
    current : whether it is the chosen one, for screen readers
    """

    content: object
    style: str = ""
    classes: str = ""
    testid: str = ""
    current: bool = False


@dataclass(frozen=True)
class Row:
    """name and cells: Cell, Html, or text; style : CSS of the whole row; testid : by which a test finds it."""

    name: object
    cells: Sequence[object]
    style: str = ""
    testid: str = ""


def strong(text: object) -> Html:
    """The text in bold."""
    return Html(f"<strong>{_content(text)}</strong>")


def html_table(
    testid: str,
    rows: Sequence[Row],
    heads: Sequence[object] = (),
    *,
    caption: object = "",
    foot: Row | None = None,
    kind: str = "figures",
    style: str = "",
) -> Html:
    """A table in a box that scrolls.

    Parameters
    ----------
    testid : by which a test finds the table
    rows : of the body
    heads : of the columns, the one above the names first; none for a table that needs no headings
    caption : above the table
    foot : a last row, such as a sum
    kind : "figures", with lines between the rows; "grid", of cells beside each other, as a matrix; or a class of the caller's
    style : CSS of the box
    """
    caption = f"<caption>{_content(caption)}</caption>" if caption else ""
    head = "".join(_tag("th", each, COLUMN_SCOPE) if _content(each) else "<td></td>" for each in heads)
    head = f"<thead><tr>{head}</tr></thead>" if head else ""
    body = f"<tbody>{''.join(map(_row, rows))}</tbody>"
    tail = f"<tfoot>{_row(foot)}</tfoot>" if foot else ""
    box = _attributes(("class", f"table {kind} scrolls"), ("style", style), ("tabindex", "0" if kind == "figures" else ""))
    return Html(f"<div{box}><table{_attributes(('data-testid', testid))}>{caption}{head}{body}{tail}</table></div>")


def _row(row):
    attributes = _attributes(("style", row.style), ("data-testid", row.testid))
    cells = "".join(_tag("td", each) for each in row.cells)
    return f"<tr{attributes}>{_tag('th', row.name, ROW_SCOPE)}{cells}</tr>"


def _tag(name, cell, scope=""):
    if not isinstance(cell, Cell):
        return f"<{name}{scope}>{_content(cell)}</{name}>"
    attributes = _attributes(
        ("class", cell.classes),
        ("style", cell.style),
        ("data-testid", cell.testid),
        ("aria-current", "true" if cell.current else ""),
    )
    return f"<{name}{scope}{attributes}>{_content(cell.content)}</{name}>"


def _attributes(*pairs):
    return "".join(f' {name}="{escape(value)}"' for name, value in pairs if value)


def _content(content):
    if isinstance(content, Cell):
        content = content.content
    return content if isinstance(content, Html) else escape(str(content), quote=False)
