"""Keeping it: the one file that holds a whole practice, made, proved and put back (docs/operations.md)."""
