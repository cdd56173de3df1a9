"""General helpers that every room may use: checks of arguments, settings fields, atomic writes, folders, JSON lines and numbers
as text. Nothing of nnlib is imported here.
"""
