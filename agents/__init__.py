"""Policies and learning: `python -m agents.train` and `python -m agents.eval`.

Importing this package imports neither torch nor transformers; its modules do.
"""
