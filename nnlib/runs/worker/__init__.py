"""The process that works on one run: events out, commands in."""
