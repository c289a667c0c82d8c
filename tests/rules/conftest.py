"""Invented examples are the same in every run, take their time on a busy machine, and leave no files."""

from hypothesis import settings

settings.register_profile("practice", deadline=None, derandomize=True, max_examples=40, database=None)
settings.load_profile("practice")
