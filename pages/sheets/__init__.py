"""The summary of all formulas, and worksheets: pages to be printed."""
