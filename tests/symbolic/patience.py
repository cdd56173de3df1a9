"""The maximum waiting time of a learner."""

import gc
import time
from contextlib import contextmanager


@contextmanager
def within_a_second():
    """Assert that the body takes less than a second of this thread, without garbage collection for other tests."""
    gc.disable()
    start = time.thread_time()
    try:
        yield
        assert time.thread_time() - start < 1
    finally:
        gc.enable()
