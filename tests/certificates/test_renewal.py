"""When certbot is run, with what, and what Nginx gets of it."""

import itertools
import stat
from pathlib import Path

import pytest

from certificates import renewal
from certificates.renewal import Certificate
from tests.authority import make_authority

DAY = 24 * 3600.0
ENVIRON = {
    "SERVER_NAMES": "go.example.com www.example.com",
    "ACME_DIRECTORY": "https://acme.example/v2/directory",
    "ACME_EMAIL": "",
    "ACME_CA_FILE": "/dev/null",
}


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "published"
    path.mkdir()
    monkeypatch.setattr(renewal, "PUBLISHED", path)
    return path


def test_certbot_asks_for_every_name_and_keeps_what_is_good() -> None:
    command = renewal.certbot(ENVIRON, force=False)
    assert [command[at + 1] for at, word in enumerate(command) if word == "--domain"] == [
        "go.example.com",
        "www.example.com",
    ]
    assert "--keep-until-expiring" in command
    assert "--register-unsafely-without-email" in command
    assert "--new-key" not in command
    assert {"--force-renewal", "--new-key"} <= set(renewal.certbot(ENVIRON, force=True))
    assert "me@example.com" in renewal.certbot(ENVIRON | {"ACME_EMAIL": "me@example.com"}, force=False)


def test_another_authority_begins_anew() -> None:
    """Or certbot would keep a certificate of the staging authority, which nobody trusts."""
    places = {renewal.find_state(f"https://{host}/directory") for host in ("a.example", "staging.a.example")}
    assert len(places) == 2
    assert {place.parent for place in places} == {renewal.STATE}


def test_certbot_is_run_twice_a_day_and_more_often_for_a_short_life() -> None:
    def pauses(life: float) -> list[float]:
        certificate = Certificate(frozenset(), 0, life)
        return [renewal.plan_pause(certificate) for _ in range(200)]

    for pause in pauses(90 * DAY):
        assert 0.8 * DAY / 2 <= pause <= 1.2 * DAY / 2
    assert max(pauses(DAY)) < 3 * 3600
    assert len(set(pauses(90 * DAY))) > 100


def test_failures_come_less_often_than_an_authority_forbids() -> None:
    begun = list(itertools.accumulate(itertools.islice(renewal.plan_retries(), 20), initial=0.0))
    for start in begun:
        assert len([time for time in begun if start <= time < start + 3600]) <= 5


def test_a_new_pair_is_handed_over_for_nginx_s_group_alone(published: Path, tmp_path: Path) -> None:
    make_authority(tmp_path / "authority").certify(tmp_path / "live", "go.example.com")
    renewal.publish(tmp_path / "live")
    for name in ("fullchain.pem", "privkey.pem"):
        assert (published / name).read_bytes() == (tmp_path / "live" / name).read_bytes()
        assert stat.S_IMODE((published / name).stat().st_mode) == 0o440
    before = {path.name: path.stat().st_ino for path in published.iterdir()}
    renewal.publish(tmp_path / "live")
    assert {path.name: path.stat().st_ino for path in published.iterdir()} == before


def test_it_is_well_while_there_is_a_certificate_for_all_names(published: Path, tmp_path: Path) -> None:
    authority = make_authority(tmp_path / "authority")
    assert not renewal.check(ENVIRON)
    authority.certify(published, "go.example.com")
    assert not renewal.check(ENVIRON)
    authority.certify(published, "go.example.com", "www.example.com")
    assert renewal.check(ENVIRON)


def test_it_is_unwell_when_the_certificate_was_not_renewed_in_time() -> None:
    certificate = Certificate(frozenset({"go.example.com"}), 0, 90 * DAY)
    assert certificate.is_good(["go.example.com"], 80 * DAY)
    assert not certificate.is_good(["go.example.com"], 82 * DAY)


def test_a_failure_publishes_nothing_and_says_so(
    published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(renewal, "certbot", lambda environ, force: ["false"])
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            raise renewal.Stop

    monkeypatch.setattr("certificates.renewal.sleep", sleep)
    with pytest.raises(renewal.Stop):
        renewal.keep(ENVIRON)
    assert slept == [300, 600, 1200]
    assert list(published.iterdir()) == []
    assert "the next try is in 5 minutes" in capsys.readouterr().out
