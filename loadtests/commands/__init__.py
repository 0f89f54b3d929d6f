"""The verbs of `python -m loadtests`, one module each."""
