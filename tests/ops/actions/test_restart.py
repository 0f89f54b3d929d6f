from pathlib import Path

import pytest

from ops.actions.restart import restart_services
from ops.console import Console
from ops.errors import DemijohnError
from ops.paths import Home
from ops.settings import load_settings
from tests.ops.actions.test_up import RecordingRuntime


def test_services_restart_one_after_the_other(home: Home, example: Path, console: Console) -> None:
    runtime = RecordingRuntime()
    runtime.running = {"web-a", "web-b"}
    restart_services(load_settings(home, example), runtime, console, ["web-a", "web-b"])
    assert runtime.done == ["restart web-a", "restart web-b"]


def test_nothing_restarts_when_one_of_them_does_not_run(home: Home, example: Path, console: Console) -> None:
    runtime = RecordingRuntime()
    runtime.running = {"web-a"}
    with pytest.raises(DemijohnError, match=r"web-b does not run: \./demijohn up"):
        restart_services(load_settings(home, example), runtime, console, ["web-a", "web-b"])
    assert runtime.done == []
