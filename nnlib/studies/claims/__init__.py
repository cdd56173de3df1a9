"""The report's claims about tuning, each tested on the trials of a study: one file for each axis or plane of axes."""
