"""The small network of the lessons, and the fields in which a learner edits its numbers."""
