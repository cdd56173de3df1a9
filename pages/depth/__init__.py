"""Depth: a PyTorch network made deeper, why it stops learning, the report's table, and the leaderboard."""
