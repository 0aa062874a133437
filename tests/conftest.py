"""What all the tests share."""

from hypothesis import settings

# On a busy machine an example may take longer than Hypothesis allows: the time it takes proves nothing.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
