"""The server side of runs: their processes, the queue, the routes, and what browsers receive."""
