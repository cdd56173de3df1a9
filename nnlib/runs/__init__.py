"""Runs: each is a process that trains, sends events and receives commands, and writes everything to disk as it goes. What both
sides share is here, and server/ and worker/ hold the two sides. docs/live-protocol.md describes the events and commands."""
