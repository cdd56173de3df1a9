"""Free ports for servers that tests start."""

import itertools
import os
import socket

# Each process of the test run has a range of its own, below the ports that the operating system gives to connections: a port
# that is free now stays free until the server takes it. Test runs that go on at once begin at different ports.
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_ports = (10_000 + 400 * (_worker % 50) + number % 400 for number in itertools.count(os.getpid()))


def free_port() -> int:
    """Return a port of this machine that no process listens on."""
    return next(filter(_is_free, _ports))


def _is_free(port: int) -> bool:
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
