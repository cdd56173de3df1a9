"""Hyper-parameter studies and races of samplers: what is varied, the stored trials, the workers that train them, and findings.

Optuna draws and stores the trials (stored_study.py), a coordinator sends them to Dask's workers (coordinator.py, trial.py), and
verdicts, charts and exports are made from the finished trials alone.
"""
