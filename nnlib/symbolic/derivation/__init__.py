"""Derivations as data: each line with its rule, its reason and a check against the line before, computed by SymPy."""
