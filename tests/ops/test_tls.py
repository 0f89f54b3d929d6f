from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ops import tls
from ops.errors import DemijohnError, SettingsError
from ops.paths import Home
from ops.settings import Settings, load_settings
from tests.authority import make_authority

ACME = "TLS=acme\nHTTPS_ADDRESS=0.0.0.0:443\nSERVER_NAMES=go.example.com\nCOMPOSE_PROFILES=acme\n"
FILES = "TLS=files\nHTTPS_ADDRESS=0.0.0.0:443\nSERVER_NAMES=intranet\nCERTIFICATE_DIR=./secrets/tls\n"


def settings_of(home: Home, example: Path, text: str) -> Settings:
    home.env_file.write_text(text)
    return load_settings(home, example)


def problems_of(home: Home, example: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        settings_of(home, example, text)
    return caught.value.problems


def test_without_a_word_there_is_plain_http_alone(home: Home, example: Path) -> None:
    settings = load_settings(home, example)
    assert settings.tls == "off"
    assert settings.listens == {"HTTP_ADDRESS": ("127.0.0.1", 8080)}
    assert settings.address == "http://127.0.0.1:8080"


@pytest.mark.parametrize("text", [ACME, FILES])
def test_with_tls_the_address_is_a_name_and_both_ports_are_listened_on(
    home: Home, example: Path, text: str
) -> None:
    settings = settings_of(home, example, text)
    assert settings.address == f"https://{settings.values['SERVER_NAMES']}"
    assert settings.listens["HTTPS_ADDRESS"] == ("0.0.0.0", 443)
    other = settings_of(home, example, text.replace(":443", ":8443"))
    assert other.address == f"https://{settings.values['SERVER_NAMES']}:8443"


def test_all_that_acme_lacks_is_said_at_once(home: Home, example: Path) -> None:
    text = "TLS=acme\nCERTIFICATE_DIR=./tls\nSERVER_NAMES='localhost 192.0.2.1'\nLOG_LEVEL=loud\n"
    said = problems_of(home, example, text)
    wanted = (
        "LOG_LEVEL",
        "HTTPS_ADDRESS",
        "'192.0.2.1'",
        "'localhost'",
        "COMPOSE_PROFILES",
        "CERTIFICATE_DIR",
    )
    assert len(said) == len(wanted)
    for word in wanted:
        assert any(word in problem for problem in said), (word, said)


def test_files_need_a_directory_and_no_certbot(home: Home, example: Path) -> None:
    text = FILES.replace("CERTIFICATE_DIR=./secrets/tls", "COMPOSE_PROFILES='load, acme'")
    said = problems_of(home, example, text)
    assert [problem.split()[0] for problem in said] == ["COMPOSE_PROFILES", "CERTIFICATE_DIR"]
    assert "./secrets/tls" in said[1]


def test_what_is_left_over_when_tls_is_off_is_said(home: Home, example: Path) -> None:
    said = problems_of(home, example, ACME.replace("TLS=acme", "TLS=off"))
    assert [problem.split()[0] for problem in said] == ["HTTPS_ADDRESS", "COMPOSE_PROFILES"]


@pytest.mark.parametrize(
    "line",
    [
        "TLS=on",
        "HTTPS_ADDRESS=443",
        "ACME_EMAIL=me",
        "ACME_DIRECTORY=http://acme.example/directory",
    ],
)
def test_a_value_that_cannot_be_is_named(home: Home, example: Path, line: str) -> None:
    (said,) = problems_of(home, example, f"{line}\n")
    name, _, value = line.partition("=")
    assert said.startswith(f"{name} is {value!r}: give ")


def test_a_certificate_and_a_key_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    authority, directory = make_authority(tmp_path / "authority"), tmp_path / "tls"
    with pytest.raises(DemijohnError, match=r"fullchain\.pem is missing"):
        tls.check_files(directory)
    authority.certify(directory, "localhost")
    tls.check_files(directory)
    authority.certify(tmp_path / "other", "localhost")
    (tmp_path / "other/privkey.pem").replace(directory / "privkey.pem")
    with pytest.raises(DemijohnError, match="cannot be used"):
        tls.check_files(directory)


def test_the_times_that_openssl_prints_are_read() -> None:
    read = tls.read_validity(["notBefore=Nov 21 15:00:00 2026 GMT", "notAfter=Feb 19 15:00:00 2027 GMT"])
    assert read.start == datetime(2026, 11, 21, 15, tzinfo=UTC)
    assert read.end - read.start == timedelta(days=90)


@pytest.mark.parametrize(("life", "ending"), [(90, 9), (47, 4.7), (1, 0.1)])
def test_a_certificate_is_ending_in_the_last_tenth_of_its_life(life: float, ending: float) -> None:
    end = datetime(2027, 2, 19, tzinfo=UTC)
    validity = tls.Validity(end - timedelta(days=life), end)
    assert not validity.is_ending(end - timedelta(days=ending * 1.01))
    assert validity.is_ending(end - timedelta(days=ending * 0.99))
    assert validity.is_ending(end + timedelta(days=1))
