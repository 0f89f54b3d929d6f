from pathlib import Path

from ops.commands import mariadb

DATA, SOCKET, PID = Path("/h/var/db"), Path("/h/m.sock"), Path("/h/m.pid")


def test_the_system_s_own_settings_are_never_read() -> None:
    """--defaults-file must be the first argument, or MariaDB refuses it."""
    assert mariadb.server(DATA, SOCKET, PID, "alice")[1].startswith("--defaults-file=")
    assert mariadb.install(DATA, "alice")[1].startswith("--defaults-file=")
    assert mariadb.client(SOCKET, "alice")[1] == "--no-defaults"


def test_the_server_listens_on_its_socket_alone() -> None:
    assert "--skip-networking" in mariadb.server(DATA, SOCKET, PID, "alice")


def test_only_root_has_to_insist_on_being_root() -> None:
    assert "--user=root" in mariadb.server(DATA, SOCKET, PID, "root")
    assert not any(word.startswith("--user") for word in mariadb.server(DATA, SOCKET, PID, "alice"))


def test_the_superuser_is_whoever_runs_the_stack() -> None:
    command = mariadb.install(DATA, "alice")
    assert "--auth-root-authentication-method=socket" in command
    assert "--auth-root-socket-user=alice" in command


def test_the_application_may_not_change_the_schema() -> None:
    grants = [line for line in mariadb.accounts("o", "a").splitlines() if "TO 'app'" in line]
    assert grants == ["GRANT SELECT, INSERT, UPDATE, DELETE ON demijohn.* TO 'app'@'localhost';"]


def test_a_password_cannot_end_its_own_quotes() -> None:
    assert mariadb.quote("a'b\\c") == "'a''b\\\\c'"
