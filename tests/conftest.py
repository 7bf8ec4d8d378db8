"""Property tests say when a property breaks, not when a shared machine is slow."""

from hypothesis import settings

settings.register_profile("ocop", deadline=None)
settings.load_profile("ocop")
