"""Tuning: hyper-parameter studies, their verdicts, and a race of three samplers."""
