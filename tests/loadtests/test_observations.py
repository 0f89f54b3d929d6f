from pathlib import Path

import pytest

from loadtests.errors import ResultError
from loadtests.observations import read_observations


def test_observations_count_from_the_start_of_the_load_and_end_with_it(tmp_path: Path) -> None:
    path = tmp_path / "observations"
    path.write_text(
        "".join(f'{{"time": {1000 + n}, "cpu": {{"nginx": 0.{n}}}, "connections": {n}}}\n' for n in range(9))
    )
    found = read_observations(path, 1002.5, 3)
    assert [(each.time, each.connections) for each in found] == [(0.5, 3), (1.5, 4), (2.5, 5)]


def test_a_line_that_is_being_written_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "observations"
    path.write_text('{"time": 1000}\n{"time": 10')
    assert len(read_observations(path, 1000, 10)) == 1


def test_a_line_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "observations"
    path.write_text('{"time": 1000}\n{"when": 1}\n')
    with pytest.raises(ResultError, match="line 2: Field required"):
        read_observations(path, 1000, 10)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="cannot be read"):
        read_observations(tmp_path / "none", 0, 1)
