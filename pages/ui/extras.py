"""A message in the place of what cannot work without a package that is not installed."""

import streamlit as st

from nnlib.support.extras import missing_extra


def installed(package: str) -> bool:
    """Whether an optional package is installed; shows a message that names its extra if it is not."""
    sentence = missing_extra(package)
    if sentence:
        st.info(sentence, icon=":material/extension_off:")
    return sentence is None
