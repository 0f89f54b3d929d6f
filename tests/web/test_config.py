from pathlib import Path

import pytest

from web.config import SettingsError, load_settings

GOOD = {"SECRET_KEY": "k" * 40, "DATABASE_PASSWORD": "pw"}


def test_defaults_suit_production() -> None:
    settings = load_settings(GOOD)
    assert settings.app_env == "production"
    assert settings.message == "Hello World!"


def test_all_problems_are_reported_together() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"LOG_LEVEL": "loud", "WEB_THREADS": "many", "DATABASE_PASSWORD": "pw"})
    text = str(caught.value)
    assert "LOG_LEVEL is 'loud'" in text
    assert "WEB_THREADS is 'many'" in text
    assert "SECRET_KEY is missing or too short" in text


def test_a_problem_with_a_secret_never_shows_its_value() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(GOOD | {"SECRET_KEY": "tooshort"})
    assert "tooshort" not in str(caught.value)


def test_a_secret_is_read_from_the_file_that_its_variable_names(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("from the file\n")
    settings = load_settings({"SECRET_KEY": "k" * 40, "DATABASE_PASSWORD_FILE": str(path)})
    assert settings.database_password.get_secret_value() == "from the file"


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("x")
    with pytest.raises(SettingsError, match="DATABASE_PASSWORD and DATABASE_PASSWORD_FILE are both set"):
        load_settings(GOOD | {"DATABASE_PASSWORD_FILE": str(path)})


def test_a_secret_file_that_cannot_be_read_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"SECRET_KEY_FILE": str(tmp_path / "none"), "DATABASE_PASSWORD": "pw"})
    assert [p for p in caught.value.problems if "SECRET_KEY" in p] == [
        f"SECRET_KEY_FILE names {tmp_path / 'none'}, which cannot be read: No such file or directory"
    ]


def test_settings_cannot_be_changed() -> None:
    settings = load_settings(GOOD)
    with pytest.raises(ValueError, match="frozen"):
        settings.message = "other"  # type: ignore[misc]


def test_secrets_do_not_show_in_the_settings_text() -> None:
    assert "k" * 40 not in repr(load_settings(GOOD))
