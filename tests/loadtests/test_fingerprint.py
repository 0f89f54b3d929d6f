from pathlib import Path

from loadtests.fingerprint import digest_scenarios, take_fingerprint
from loadtests.workload import read_workload


def test_two_runs_of_one_workload_have_one_fingerprint() -> None:
    smoke = read_workload("smoke")
    assert take_fingerprint(smoke, 1, {"slots": "2"}) == take_fingerprint(smoke, 1, {"slots": "2"})


def test_another_rate_number_of_generators_or_topology_shows() -> None:
    smoke = read_workload("smoke")
    prints = [
        take_fingerprint(smoke, 1, {}),
        take_fingerprint(smoke.at(rate=7), 1, {}),
        take_fingerprint(smoke, 2, {}),
        take_fingerprint(smoke, 1, {"slots": "2"}),
    ]
    assert len({str(sorted(each.items())) for each in prints}) == 4


def test_changed_scenarios_have_another_digest(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("a = 1\n")
    before = digest_scenarios(tmp_path)
    assert digest_scenarios(tmp_path) == before
    (tmp_path / "one.py").write_text("a = 2\n")
    assert digest_scenarios(tmp_path) != before
