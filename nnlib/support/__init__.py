"""What every room needs and no lesson teaches: checks of arguments, settings fields, files written whole, folders, JSON lines
and numbers as text. It imports nothing else of nnlib."""
