"""Home: what the app is, its lessons and live pages, and the results of the report."""
