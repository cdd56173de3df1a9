"""The health check of a server: what a load balancer or a container asks."""

import asyncio
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request
from starlette.responses import JSONResponse

from nnlib.runs.server.hub import Hub
from nnlib.runs.store import check_writable
from nnlib.support.extras import missing_extra

PATIENCE_SECONDS = 3.0  # for the disk, and then for the database, to answer


class Health:
    """The route `/health`: 200 with {"failing": []} if the server is well, else 503 with the names of what is not.

    hub       the hub is running
    queue     a further run may be queued
    disk      the runs folder can be written, by the thread that writes for the hub
    database  the studies' database can be reached, if what studies need is installed
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._database = ThreadPoolExecutor(1, "health")  # one, so that checks of a database that hangs do not pile up

    async def check(self, request: Request) -> JSONResponse:
        """Answer a request."""
        places = self._hub.places
        loop = asyncio.get_running_loop()
        connect = await asyncio.to_thread(_check_of_database)  # untimed: the first time, it imports Optuna
        checks = {
            "hub": self._hub.is_running,
            "queue": len(places.queue) < places.limits.max_queued,
            "disk": self._hub.is_running and await _succeeds(self._hub.on_disk(check_writable)),
            "database": await _succeeds(loop.run_in_executor(self._database, connect)),
        }
        failing = [name for name, is_well in checks.items() if not is_well]
        return JSONResponse({"failing": failing}, 503 if failing else 200, {"Cache-Control": "no-store"})


async def _succeeds(check: Awaitable) -> bool:
    try:
        await asyncio.wait_for(check, PATIENCE_SECONDS)
    except Exception:  # any error means "failing"; its text must not be shown to strangers
        return False
    return True


def _check_of_database():
    if missing_extra("optuna"):
        return lambda: None
    from nnlib.studies.storage import check_connection

    return check_connection
