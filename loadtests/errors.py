"""What can go wrong before a run; each message says what is wrong and what to do."""


class LoadError(Exception):
    """Base of all errors that a person can mend; ends the command with exit code 1."""


class HostError(LoadError):
    """The target is neither local nor listed as one's own."""


class WorkloadError(LoadError):
    """`workloads.toml` or `slo.toml` cannot be read, or says something that makes no sense."""


class ResultError(LoadError):
    """The file of a result cannot be read, or holds something else."""


class TokenError(LoadError):
    """The API token is missing, unreadable or given twice."""


class CrewError(LoadError):
    """The workers that were to generate the load did not come, or cannot play it."""


class TargetError(LoadError):
    """The target does not answer, or not as the scenario needs it before a run."""
