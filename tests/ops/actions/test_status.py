"""What `./demijohn status` says about the certificate."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ops.actions.status import show_status
from ops.console import Console
from ops.errors import DemijohnError
from ops.paths import Home
from ops.runtimes import CERTIFICATES, ServiceState
from ops.settings import Settings, load_settings
from ops.tls import Validity
from tests.ops.actions.test_up import RecordingRuntime


class Healthy(RecordingRuntime):
    """Everything is healthy but the services in `unwell`."""

    unwell: frozenset[str] = frozenset()

    def states(self) -> list[ServiceState]:
        return [
            ServiceState(name, "", running=True, healthy=name not in self.unwell) for name in self.services
        ]


@pytest.fixture
def settings(home: Home, example: Path) -> Settings:
    home.env_file.write_text(
        "TLS=acme\nHTTPS_ADDRESS=0.0.0.0:443\nSERVER_NAMES=go.example.com\nCOMPOSE_PROFILES=acme\n"
    )
    return load_settings(home, example)


@pytest.fixture
def runtime() -> Healthy:
    runtime = Healthy()
    runtime.services = [*runtime.services, CERTIFICATES]
    return runtime


def hold(days: float, *, life: float = 90) -> Validity:
    end = datetime.now(UTC) + timedelta(days=days, hours=1)
    return Validity(end - timedelta(days=life), end)


def test_the_end_of_the_certificate_is_told(
    settings: Settings, runtime: Healthy, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime.certificate = hold(60)
    show_status(settings, runtime, console)
    out = capsys.readouterr().out
    assert "UTC, 60 days more" in out
    assert "Serving https://go.example.com/" in out


@pytest.mark.parametrize("certificate", [None, hold(5), hold(-1)])
def test_a_certificate_that_is_missing_or_was_not_renewed_is_an_error_with_its_cure(
    settings: Settings, runtime: Healthy, console: Console, certificate: Validity | None
) -> None:
    runtime.certificate = certificate
    runtime.unwell = frozenset({CERTIFICATES})
    with pytest.raises(DemijohnError, match=r"certificate .*: \./demijohn logs certificates tells why"):
        show_status(settings, runtime, console)


def test_certbot_that_is_unwell_is_an_error_even_while_the_certificate_holds(
    settings: Settings, runtime: Healthy, console: Console
) -> None:
    runtime.certificate, runtime.unwell = hold(60), frozenset({CERTIFICATES})
    with pytest.raises(DemijohnError, match="certificates: not healthy"):
        show_status(settings, runtime, console)
