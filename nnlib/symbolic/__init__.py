"""Derivations that check themselves, and the checker of a learner's answers."""
