"""A server with only the run routes: `python serve.py`. Prints its port. $SEND_SECONDS replaces the deadline of sending."""

import contextlib
import os
import socket

import uvicorn
from starlette.applications import Starlette

from nnlib.runs.server import web_server
from nnlib.runs.server.routes import Runs


def main():
    web_server.SEND_SECONDS = float(os.environ.get("SEND_SECONDS", web_server.SEND_SECONDS))
    runs = Runs()
    app = Starlette(routes=runs.routes, lifespan=lambda app: runs.lifespan())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="websockets-sansio")).run(sockets=[listener])


if __name__ == "__main__":
    main()
