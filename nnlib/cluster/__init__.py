"""Everything that talks to a Dask scheduler: the client, and a task as the worker sees it."""
