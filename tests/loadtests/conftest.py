"""Locust without gevent's patches: the unit tests of all rooms share one process, and signals and waiting for
processes would work differently in it from then on."""

import os

os.environ["LOCUST_SKIP_MONKEY_PATCH"] = "1"
try:
    import locust  # noqa: F401
finally:
    # Locust as a process of its own needs them.
    del os.environ["LOCUST_SKIP_MONKEY_PATCH"]
