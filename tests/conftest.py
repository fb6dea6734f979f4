"""What holds for all tests."""

import os

from hypothesis import settings

# Tests run beside each other: threads of one would only wait for those of another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A busy machine is no fault of the code: nothing here is a timed test.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
