"""How long a learner waits."""

import gc
import time
from contextlib import contextmanager


@contextmanager
def within_a_second():
    """What is done here takes less than a second of this thread; the garbage that other tests left is not its own."""
    gc.disable()
    start = time.thread_time()
    try:
        yield
        assert time.thread_time() - start < 1
    finally:
        gc.enable()
