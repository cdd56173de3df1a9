"""Home: what this is, the lessons in their order, and what there is to find out."""
