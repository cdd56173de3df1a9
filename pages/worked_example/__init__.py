"""The small network with numbers that can be edited, which the lessons work out by hand."""
