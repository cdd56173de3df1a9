"""Part 2: why a deep network of tiny weights learns nothing."""

import streamlit as st

from nnlib.mlp_experiment import MlpExperiment


def why(experiment: MlpExperiment):
    """Draw it, beginning with the settings of `experiment`."""
    st.markdown("Each layer multiplies the mean square of the signal.")
