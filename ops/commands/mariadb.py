"""MariaDB as native processes: server, client, and the statements that make the accounts.

Every server command reads `mariadb/demijohn.cnf` and nothing else, whatever /etc/mysql says. The
operating system's user who runs the stack is the database's superuser, by the socket alone.
"""

from collections.abc import Sequence
from pathlib import Path

from ops.paths import ROOT

DEFAULTS = ROOT / "mariadb" / "demijohn.cnf"
DATABASE = "demijohn"


def install(data: Path, user: str) -> list[str]:
    """Make an empty data directory whose superuser is the operating system's `user`."""
    return [
        "mariadb-install-db",
        f"--defaults-file={DEFAULTS}",
        f"--datadir={data}",
        f"--auth-root-socket-user={user}",
        "--auth-root-authentication-method=socket",
        "--skip-test-db",
        *as_root(user),
    ]


def server(data: Path, socket: Path, pid_file: Path, user: str) -> list[str]:
    """A private server, reached through its socket alone."""
    return [
        "mariadbd",
        f"--defaults-file={DEFAULTS}",
        f"--datadir={data}",
        f"--socket={socket}",
        f"--pid-file={pid_file}",
        "--skip-networking",
        *as_root(user),
    ]


def as_root(user: str) -> list[str]:
    """mariadbd refuses to run as root unless told that this is meant."""
    return ["--user=root"] if user == "root" else []


def client(socket: Path, user: str, *arguments: str) -> list[str]:
    return ["mariadb", "--no-defaults", f"--socket={socket}", f"--user={user}", *arguments]


def answering(client: Sequence[str]) -> list[str]:
    """Given a client, return it so that it answers each statement at once, in plain lines."""
    return [*client, "--batch", "--skip-column-names", "--unbuffered"]


def accounts(owner_password: str, password: str) -> str:
    """The statements that make the database and its two accounts, or bring them up to date.

    `owner` changes the schema and is used by `migrate` alone; `app` reads and writes rows.
    """
    return f"""\
CREATE DATABASE IF NOT EXISTS {DATABASE};
CREATE USER IF NOT EXISTS 'owner'@'localhost', 'app'@'localhost';
ALTER USER 'owner'@'localhost' IDENTIFIED BY {quote(owner_password)};
ALTER USER 'app'@'localhost' IDENTIFIED BY {quote(password)};
GRANT ALL ON {DATABASE}.* TO 'owner'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON {DATABASE}.* TO 'app'@'localhost';
"""


def quote(text: str) -> str:
    """Given a text, return it as an SQL string."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
