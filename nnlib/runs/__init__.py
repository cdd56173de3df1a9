"""A run as a process: events out, controls in, everything on disk as it goes. docs/live-protocol.md tells the whole story."""
