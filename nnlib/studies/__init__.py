"""Searches for good settings: what is searched, Optuna's book of trials, and Dask's workers that train the networks."""
