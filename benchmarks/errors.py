"""What can keep a measurement from being made."""


class BenchmarkError(Exception):
    """Something is missing, or a subject did not answer as it must; ends the command with exit 1."""
