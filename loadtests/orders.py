"""What master and workers say to each other, besides what locust's runners say by themselves."""

from typing import Any

from pydantic import BaseModel

from loadtests.workload import Workload

ORDER, READY, BEGIN, HALT, REPORT = "order", "in place", "begin", "halt", "report"


class Order(BaseModel):
    """One load, as one worker is to play its part of it."""

    host: str
    token: str | None
    tag: str
    workload: Workload
    shared: dict[str, dict[str, Any]]
    """What the scenarios share, by their class."""
    index: int
    generators: int


class Ready(BaseModel):
    """A worker's answer to an order."""

    scenarios: str
    """Digest of the scenarios that it has."""
    error: str = ""
    """Why it cannot do what was ordered."""
