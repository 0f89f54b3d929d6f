"""The image of MariaDB gives what standins/README.md lists, the stand-in as the official one."""

import textwrap
import uuid
from collections.abc import Callable, Iterator

import pytest

from tests.docker.containers import running, wait_for
from tests.docker.engine import Engine
from tests.docker.process import BootstrapError

DATABASE = """
services:
  db:
    image: mariadb:11.8
    user: "999:999"
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    tmpfs: ["/tmp", "/run/mysqld:uid=999,gid=999"]
    environment:
      MARIADB_ROOT_PASSWORD_FILE: /run/secrets/root
      MARIADB_ROOT_HOST: localhost
      MARIADB_DATABASE: cellar
      MARIADB_USER: keeper
      MARIADB_PASSWORD_FILE: /run/secrets/keeper
    volumes:
      - data:/var/lib/mysql
      - ./init:/docker-entrypoint-initdb.d:ro
      - ./secrets:/run/secrets:ro
      - ./small.cnf:/etc/mysql/conf.d/small.cnf:ro
    healthcheck:
      test: [CMD, healthcheck.sh, --connect, --innodb_initialized]
      interval: 1s
      retries: 120
volumes:
  data:
"""
FILES = {
    "compose.yml": DATABASE,
    "secrets/root": "it's \\ root\n",
    "secrets/keeper": "keeper's key\n",
    "small.cnf": "[mariadbd]\nmax_connections = 17\n",
    "init/10-sourced.sh": """\
        docker_process_sql <<SQL
        CREATE TABLE casks (name TEXT); INSERT INTO casks VALUES ('$MARIADB_DATABASE');
        SQL
        """,
    "init/20-plain.sql": "INSERT INTO casks VALUES ('plain');\n",
}

Ask = Callable[[str, str, str], str]


@pytest.fixture(scope="module")
def ask(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """A database hardened as in production; gives a user's answer to a statement."""
    home = tmp_path_factory.mktemp("database")
    for name, text in FILES.items():
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text(textwrap.dedent(text))
    file, project = home / "compose.yml", ("-p", f"demijohn-test-{uuid.uuid4().hex[:8]}")

    def ask(user: str, password: str, statement: str) -> str:
        client = ("exec", "-T", "-e", f"MYSQL_PWD={password}", "db", "mariadb", "-N", "-B")
        words = (*project, *client, f"--user={user}", "-e", statement)
        return engine.compose(file, *words).stdout.strip()

    try:
        engine.compose(file, *project, "up", "--detach", "--wait", timeout=180)
        yield ask
    finally:
        engine.compose(file, *project, "down", "--volumes")


def test_mariadb_takes_its_root_password_from_a_file(ask: Ask) -> None:
    assert ask("root", "it's \\ root", "SELECT USER()") == "root@localhost"


def test_mariadb_has_no_account_without_a_password_and_no_root_from_afar(ask: Ask) -> None:
    accounts = ask("root", "it's \\ root", "SELECT user, host FROM mysql.user WHERE user = 'root'")
    assert accounts.split() == ["root", "localhost"]
    with pytest.raises(BootstrapError, match="Access denied"):
        ask("root", "", "SELECT 1")


def test_mariadb_makes_the_user_who_may_do_all_in_the_database_and_nothing_else(ask: Ask) -> None:
    grants = ask("keeper", "keeper's key", "SHOW GRANTS")
    assert "GRANT USAGE ON *.*" in grants
    assert "GRANT ALL PRIVILEGES ON `cellar`.* TO `keeper`@`%`" in grants


def test_mariadb_runs_scripts_and_statements_at_its_first_start(ask: Ask) -> None:
    casks = ask("keeper", "keeper's key", "SELECT name FROM cellar.casks ORDER BY name")
    assert casks.split() == ["cellar", "plain"]


def test_mariadb_reads_the_mounted_settings(ask: Ask) -> None:
    assert ask("keeper", "keeper's key", "SELECT @@max_connections") == "17"


def test_mariadb_is_the_version_of_its_tag(ask: Ask) -> None:
    assert ask("keeper", "keeper's key", "SELECT VERSION()").startswith("11.8.")


def test_mariadb_gives_up_root(engine: Engine) -> None:
    health = ("healthcheck.sh", "--connect", "--innodb_initialized")
    with running(engine, "--env", "MARIADB_ROOT_PASSWORD=root", "mariadb:11.8") as database:
        wait_for(lambda: not engine.run("exec", database, *health, check=False).returncode)
        owner = engine.run("exec", database, "stat", "--format", "%u:%g", "/proc/1").stdout
    assert owner.strip() == "999:999"


def test_mariadb_without_a_password_refuses_to_start(engine: Engine) -> None:
    with pytest.raises(BootstrapError, match="MARIADB_ROOT_PASSWORD"):
        engine.run("run", "--rm", "mariadb:11.8", timeout=60)


def test_mariadbs_health_check_fails_without_a_server(engine: Engine) -> None:
    words = ("run", "--rm", "--entrypoint", "healthcheck.sh", "mariadb:11.8", "--connect")
    assert engine.run(*words, check=False).returncode != 0
