import configparser
import subprocess
from pathlib import Path

import pytest

from ops import programs
from ops.paths import Home
from ops.programs import Program
from ops.settings import Settings, load_settings

SERVICES = ["db", "web-a", "web-b", "worker", "nginx"]


@pytest.fixture
def settings(home: Home, example: Path) -> Settings:
    return load_settings(home, example)


def all_programs(settings: Settings) -> dict[str, Program]:
    web = programs.web_environment(settings, "v1", development=False)
    return {p.name: p for p in programs.native_programs(settings, SERVICES, "alice", web)}


def test_there_is_a_program_for_each_service_in_order(settings: Settings) -> None:
    assert list(all_programs(settings)) == SERVICES


def test_each_may_take_as_long_to_stop_as_the_ladder_says(settings: Settings) -> None:
    listed = all_programs(settings)
    assert {name: listed[name].stop_seconds for name in ("web-a", "worker", "db")} == {
        "web-a": 35,
        "worker": 35,
        "db": 60,
    }


def test_only_migrations_see_the_owner_s_password(settings: Settings) -> None:
    for program in all_programs(settings).values():
        assert "owner_password" not in programs.render_script(program, "root")


def test_no_script_holds_a_secret(settings: Settings) -> None:
    """They name the files that do."""
    scripts = "".join(programs.render_script(p, "root") for p in all_programs(settings).values())
    assert "_PASSWORD=" not in scripts
    assert "SECRET_KEY=" not in scripts
    assert "secrets/database_password" in scripts


def test_any_text_survives_the_way_through_a_script(settings: Settings, tmp_path: Path) -> None:
    message = 'it\'s "100%" $HOME `id` ; \\ ünder'
    program = Program("x", ["printenv", "MESSAGE"], {"MESSAGE": message}, ("LICENSE",))
    script = tmp_path / "x.sh"
    script.write_text(programs.render_script(program, "alice"))
    done = subprocess.run(["sh", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"{message}\n"


def test_a_script_changes_with_the_files_that_its_program_runs_from(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "ROOT", tmp_path)
    source = tmp_path / "code" / "a.py"
    source.parent.mkdir()
    source.write_text("1")
    program = Program("x", ["true"], {}, ("code",))
    before = programs.render_script(program, "alice")
    assert programs.render_script(program, "alice") == before
    source.write_text("2")
    assert programs.render_script(program, "alice") != before


def test_supervisor_starts_nothing_by_itself_and_restarts_what_ends(settings: Settings) -> None:
    text = programs.render_supervisor(settings.home, list(all_programs(settings).values()))
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    sections = {name: parser[name] for name in parser.sections() if name.startswith("program:")}
    assert list(sections) == [f"program:{name}" for name in SERVICES]
    for section in sections.values():
        assert (section["autostart"], section["autorestart"]) == ("false", "true")
        assert "stopasgroup" not in section
    assert sections["program:nginx"]["stopsignal"] == "QUIT"
    assert parser["group:application"]["programs"] == "web-a,web-b,worker"


def test_a_percent_sign_in_a_path_is_no_expansion(example: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "100%")
    listed = list(all_programs(load_settings(home, example)).values())
    assert "100%%/var" in programs.render_supervisor(home, listed)


def test_nginx_keeps_the_right_to_a_low_port_only_if_it_needs_it() -> None:
    assert "net_bind_service" in programs.nginx_capabilities([8080, 443])
    assert "net_bind_service" not in programs.nginx_capabilities([8080])
