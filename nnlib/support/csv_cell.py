"""Cells of a CSV file."""


def as_text(cell: str) -> str:
    """Return a cell that a spreadsheet shows as text, also if it begins like a formula: it may come from anybody."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
