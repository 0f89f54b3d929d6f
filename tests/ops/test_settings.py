import stat
from pathlib import Path

import pytest

from ops.errors import SettingsError
from ops.paths import Home
from ops.settings import Settings, load_settings, write_env_file


def settings_of(home: Home, example: Path, text: str) -> Settings:
    home.env_file.write_text(text)
    return load_settings(home, example)


def problems_of(home: Home, example: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        settings_of(home, example, text)
    return caught.value.problems


def test_without_a_file_the_example_decides(home: Home, example: Path) -> None:
    settings = load_settings(home, example)
    assert settings.address == "http://127.0.0.1:8080"
    assert settings.values["RATE_LIMIT_EXEMPT"] == "127.0.0.1"


def test_a_setting_that_is_left_out_or_empty_has_the_commented_default(home: Home, example: Path) -> None:
    settings = settings_of(home, example, "WEB_THREADS=\n")
    assert settings.values["WEB_THREADS"] == "4"
    assert settings.values["MESSAGE"] == "Hello World!"


def test_an_exemption_that_was_removed_is_not_put_back(home: Home, example: Path) -> None:
    assert "RATE_LIMIT_EXEMPT" not in settings_of(home, example, "").values


def test_what_only_the_stack_knows_has_no_default(home: Home, example: Path) -> None:
    assert "DATABASE_HOST" not in load_settings(home, example).values


def test_all_problems_are_told_at_once_with_the_value_and_a_cure(home: Home, example: Path) -> None:
    problems = problems_of(home, example, "HTTP_ADDRESS=8080\nWEB_THREADS=no\nLOG_LEVEL=loud\nwhat is this\n")
    assert problems == [
        "line 4 is 'what is this': write NAME=value",
        "HTTP_ADDRESS is '8080': give an address and a port, for example 127.0.0.1:8080",
        "LOG_LEVEL is 'loud': give one of debug, info, warning, error",
        "WEB_THREADS is 'no': give a whole number from 1 to 64",
    ]


def test_a_typing_error_in_a_name_is_found(home: Home, example: Path) -> None:
    assert problems_of(home, example, "HTTP_ADRESS=127.0.0.1:80\n") == [
        "HTTP_ADRESS is not a setting: did you mean HTTP_ADDRESS?"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "HTTP_ADDRESS=127.0.0.1:0",
        "HTTP_ADDRESS=127.0.0.1:65536",
        "HTTP_ADDRESS=::1:8080",
        "SERVER_NAMES=example.org;drop",
        "SERVER_NAMES=example.org:8080",
        "RATE_LIMIT_EXEMPT=10.0.0.0/33",
        "WEB_CONCURRENCY=0",
        "LEDGER_MAX_BYTES=1e9",
        "LOAD_WORKERS=none",
        "LOAD_CPUS=0-",
        "LOAD_CPUS=0 1",
        f"MESSAGE={'x' * 501}",
    ],
)
def test_a_wrong_value_is_refused(home: Home, example: Path, line: str) -> None:
    name, _, value = line.partition("=")
    assert problems_of(home, example, f"{line}\n")[0].startswith(f"{name} is {value!r}: ")


@pytest.mark.parametrize("cores", ["", "0", "0-5", "0,2-3,7"])
def test_cores_are_numbers_and_ranges_or_all(home: Home, example: Path, cores: str) -> None:
    assert settings_of(home, example, f'LOAD_CPUS="{cores}"\n').values["LOAD_CPUS"] == cores


@pytest.mark.parametrize(
    ("listen", "host", "address"),
    [
        ("0.0.0.0:80", "127.0.0.1", "http://127.0.0.1"),
        ("[::]:8080", "::1", "http://[::1]:8080"),
        ("192.0.2.7:8080", "192.0.2.7", "http://192.0.2.7:8080"),
    ],
)
def test_the_address_is_one_that_can_be_opened_here(
    home: Home, example: Path, listen: str, host: str, address: str
) -> None:
    settings = settings_of(home, example, f"HTTP_ADDRESS={listen}\n")
    assert (settings.reach("HTTP_ADDRESS")[0], settings.address) == (host, address)


def test_secrets_are_found_from_the_home(home: Home, example: Path) -> None:
    assert load_settings(home, example).secrets == home.path / "secrets"
    assert settings_of(home, example, "SECRETS_DIR=/etc/demijohn\n").secrets == Path("/etc/demijohn")


def test_the_file_is_written_once_and_for_its_owner_alone(home: Home, example: Path) -> None:
    assert write_env_file(home, example)
    assert stat.S_IMODE(home.env_file.stat().st_mode) == 0o600
    home.env_file.write_text("MESSAGE=mine\n")
    assert not write_env_file(home, example)
    assert home.env_file.read_text() == "MESSAGE=mine\n"


def test_a_file_that_is_no_text_is_a_plain_problem(home: Home, example: Path) -> None:
    home.env_file.write_bytes(b"MESSAGE=\xff\xfe\n")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(home, example)
