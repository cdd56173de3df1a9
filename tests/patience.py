"""How long tests wait for what should happen at once."""

PATIENCE = 300  # seconds: the machine may be busy with much else, and only a test that fails waits so long
