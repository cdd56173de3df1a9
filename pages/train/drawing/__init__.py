"""Points that a learner draws: the drawing surface, and the dialog in which it opens."""
