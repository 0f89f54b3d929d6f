from pathlib import Path

from ops.commands.compose import Compose

COMPOSE = Compose("docker-compose.prod.yml", Path("/home/.env"))
PROJECT = ["docker", "compose", "--file", "docker-compose.prod.yml", "--env-file", "/home/.env"]


def test_the_repository_s_own_env_file_need_not_be_named() -> None:
    assert Compose("x.yml").down() == ["docker", "compose", "--file", "x.yml", "down"]


def test_a_service_is_started_with_what_it_depends_on_and_waited_for() -> None:
    command = COMPOSE.start("web-a")
    assert command[: len(PROJECT)] == PROJECT
    assert command[len(PROJECT) :] == [
        "up",
        "--detach",
        "--no-build",
        "--scale",
        "migrate=0",
        "--wait",
        "--wait-timeout",
        "180",
        "web-a",
    ]


def test_what_the_migration_depends_on_is_started_without_a_word_of_it() -> None:
    assert "migrate=0" not in COMPOSE.start("db")


def test_a_one_shot_service_leaves_no_container_behind() -> None:
    assert COMPOSE.once("migrate")[len(PROJECT) :] == ["run", "--rm", "--no-deps", "--no-TTY", "migrate"]


def test_a_command_in_a_container_has_a_terminal_only_if_a_person_types() -> None:
    assert COMPOSE.execute("db", ["sh"])[len(PROJECT) :] == ["exec", "--no-TTY", "db", "sh"]
    assert COMPOSE.execute("db", ["sh"], terminal=True)[len(PROJECT) :] == ["exec", "db", "sh"]


def test_logs_name_the_services_last() -> None:
    assert COMPOSE.logs("db", lines=5, follow=True)[-5:] == ["logs", "--tail", "5", "--follow", "db"]
    assert COMPOSE.logs("db", lines=5)[2:4] == ["--ansi", "never"]
