"""A server with the routes of runs and classes alone: `python serve.py`. Prints its port.

$SEND_SECONDS and $END_SECONDS set its deadlines.
"""

import contextlib
import os
import socket

import uvicorn
from starlette.applications import Starlette

from nnlib.classroom.routes import ClassRoutes
from nnlib.runs.server import web_server
from nnlib.runs.server.browser_session import set_cookie
from nnlib.runs.server.routes import Runs


def main():
    for name in ("SEND_SECONDS", "END_SECONDS"):
        setattr(web_server, name, float(os.environ.get(name, getattr(web_server, name))))
    runs = Runs()
    classes = ClassRoutes("", runs.refusal, runs.going_on, set_cookie)
    app = Starlette(routes=[*runs.routes, *classes.routes], middleware=runs.middleware, lifespan=lambda app: runs.lifespan())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="websockets-sansio", ws_ping_interval=None)).run(
                sockets=[listener]
            )


if __name__ == "__main__":
    main()
