from pathlib import Path

import pytest

from ops.errors import DemijohnError
from ops.paths import ROOT, Home, find_home


def test_the_repository_is_the_home_unless_told_otherwise(tmp_path: Path) -> None:
    assert find_home({}).path == ROOT
    assert find_home({"DEMIJOHN_HOME": str(tmp_path)}).path == tmp_path


def test_a_path_too_long_for_sockets_is_refused_before_anything_starts() -> None:
    Home(Path("/srv/demijohn")).check()
    with pytest.raises(DemijohnError, match="32 bytes too long"):
        Home(Path("/" + "x" * 106)).check()
