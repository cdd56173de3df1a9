"""The server side of runs: their processes, the queue, and what browsers are told."""
