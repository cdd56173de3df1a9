"""What can be downloaded of a run: metrics, checkpoint, snapshots, a trained PyTorch network, and the run as a file."""

import os
from collections.abc import Awaitable, Callable, Iterator
from typing import BinaryIO

import anyio
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from nnlib.runs.snapshots import path_of
from nnlib.runs.store import RunFolder
from nnlib.runs.take_home import FORMS, Form

PIECE = 1024**2  # bytes of a file that are read at once
OPTIONAL = ("val_accuracy_train_mode",)  # columns of the metrics that only some runs have
MOST_OF_A_FRAME = 4 * 1024**2  # bytes; one of CIFAR-10 has 76 KB
MADE_AT_ONCE = 2  # files that are not there yet, for all browsers together
FILES = ("checkpoint.npz", "network.pt", "network.json")


def download_routes(base: str) -> list[Route]:
    """Return the routes to the downloads, below the path `base`."""
    limit = anyio.CapacityLimiter(MADE_AT_ONCE)
    return [
        Route(f"{base}/runs/{{run}}/metrics.csv", _metrics),
        Route(f"{base}/runs/{{run}}/frames/{{at:int}}/{{bytes:int}}", _frame),
        *(Route(f"{base}/runs/{{run}}/export/{name}", _export(form, limit)) for name, form in FORMS.items()),
        *(Route(f"{base}/runs/{{run}}/{name}", _file(name)) for name in FILES),
    ]


# Starlette calls functions that are not async in threads of their own: they may wait for the disk.


def _metrics(request: Request) -> Response:
    """Every metric row of a run as CSV: step, loss, and at evaluations the accuracies."""
    run = RunFolder.find(request.path_params["run"])
    if run is None:
        return _no_such_run()
    return StreamingResponse(_csv(run), media_type="text/csv", headers=_download(run, ".csv"))


def _csv(run: RunFolder) -> Iterator[str]:
    """The text, piece by piece. Nothing in it needs quoting: there are only numbers."""
    evaluations = {event["step"]: event for event in run.events() if event["event"] == "evaluation"}
    columns = ["train_accuracy", "val_loss", "val_accuracy"]
    columns += [name for name in OPTIONAL if any(event.get(name) is not None for event in evaluations.values())]
    yield ",".join(("step", "loss", *columns)) + "\r\n"
    for event in run.events():
        if event["event"] == "metrics":
            rows = []
            for step, loss in enumerate(event["loss"], start=event["first"]):
                values = [step, loss, *(evaluations.get(step, {}).get(name) for name in columns)]
                rows.append(",".join("" if value is None else str(value) for value in values) + "\r\n")
            yield "".join(rows)


def _frame(request: Request) -> Response:
    """The frame of one snapshot of a run, compressed: the bytes that its `snapshot` event names."""
    run = RunFolder.find(request.path_params["run"])
    if run is None:
        return _no_such_run()
    try:
        with open(path_of(run), "rb") as file:
            file.seek(request.path_params["at"])
            packed = file.read(min(request.path_params["bytes"], MOST_OF_A_FRAME))
    except (OSError, ValueError):  # a ValueError for a place beyond any file
        return _no_such_run()
    return Response(packed, media_type="application/octet-stream")


def _file(name):
    """The route to a file of a run: the newest checkpoint of a NumPy network, or a trained PyTorch network and its settings."""

    def send(request: Request) -> Response:
        run = RunFolder.find(request.path_params["run"])
        if run is None:
            return _no_such_run()
        try:
            file = open(run.path / name, "rb")  # stays the same file when another takes its name
        except FileNotFoundError:
            return _no_such_run()
        size = os.fstat(file.fileno()).st_size
        headers = _download(run, os.path.splitext(name)[1]) | {"Content-Length": str(size)}
        return StreamingResponse(_pieces(file), media_type="application/octet-stream", headers=headers)

    return send


def _export(form: Form, limit: anyio.CapacityLimiter) -> Callable[[Request], Awaitable[Response]]:
    """The route to a file that is made of the run now, in a thread: the others are answered meanwhile."""

    def made(run_id: str) -> Response:
        run = RunFolder.find(run_id)
        if run is None:
            return _no_such_run()
        try:
            content = form.of_run(run)
        except ValueError as error:  # DataError and CheckpointError are among them
            return PlainTextResponse(str(error), status_code=409)
        return Response(content, media_type=form.media_type, headers=_download(run, form.ending))

    async def send(request: Request) -> Response:
        return await anyio.to_thread.run_sync(made, request.path_params["run"], limiter=limit)

    return send


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def _download(run: RunFolder, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="run-{run.id[:8]}{ending}"'}


def _no_such_run() -> Response:
    return PlainTextResponse("There is no such run here.", status_code=404)
