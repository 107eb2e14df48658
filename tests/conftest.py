"""Hypothesis without a time limit for one example: on a busy machine a slow one is no fault."""

from hypothesis import settings

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
