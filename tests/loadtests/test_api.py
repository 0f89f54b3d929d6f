from pathlib import Path

import pytest

from loadtests.api import read_token
from loadtests.errors import TokenError


def test_the_token_comes_from_a_variable_or_a_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("id.secret\n")
    assert read_token({"LOAD_TOKEN": "id.secret"}) == "id.secret"
    assert read_token({"LOAD_TOKEN_FILE": str(path)}) == "id.secret"
    assert read_token({}) is None


def test_a_token_given_twice_or_unreadable_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TokenError, match="both"):
        read_token({"LOAD_TOKEN": "a", "LOAD_TOKEN_FILE": "b"})
    with pytest.raises(TokenError, match="cannot be read"):
        read_token({"LOAD_TOKEN_FILE": str(tmp_path / "none")})
