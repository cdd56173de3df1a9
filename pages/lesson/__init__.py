"""The frame of a lesson: its parts, predictions, derivations and exercises, and the learner's progress."""
