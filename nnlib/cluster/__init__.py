"""What touches a Dask scheduler: its workers, their GPUs, and the tasks that are given to them."""
