"""The engine runs containers, and the images give what standins/README.md promises.

Against an engine that pulls the official images, the same tests prove the promise itself.
"""

import ipaddress
import json
import re
import textwrap
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docker.engine import Engine

OWN_ADDRESSES = ipaddress.ip_network("198.18.0.0/15")

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
      retries: 60
volumes:
  data:
"""

Sql = Callable[[str, str, str], str]


@pytest.fixture(scope="module")
def project() -> str:
    return f"demijohn-test-{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def sql(engine: Engine, project: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sql]:
    """A database of the stand-in, hardened as in production; asks it one statement."""
    home = tmp_path_factory.mktemp("database")
    file = home / "compose.yml"
    _write(file, DATABASE)
    _write(home / "secrets/root", "it's \\ root\n")
    _write(home / "secrets/keeper", "keeper's key\n")
    _write(home / "small.cnf", "[mariadbd]\nmax_connections = 17\n")
    _write(
        home / "init/10-sourced.sh",
        "docker_process_sql <<< 'CREATE TABLE casks (name TEXT); INSERT INTO casks VALUES (\"a\")'",
    )
    _write(home / "init/20-plain.sql", "INSERT INTO casks VALUES ('b');")

    def ask(user: str, password: str, statement: str) -> str:
        client = ("exec", "-T", "-e", f"MYSQL_PWD={password}", "db", "mariadb", "-N", "-B")
        words = (*client, f"--user={user}", "-e", statement)
        return engine.compose(file, "-p", project, *words).stdout.strip()

    try:
        engine.compose(file, "-p", project, "up", "--detach", "--wait", timeout=180)
        yield ask
    finally:
        engine.compose(file, "-p", project, "down", "--volumes", "--timeout", "30")


def test_a_container_runs_and_its_output_comes_back(engine: Engine) -> None:
    assert engine.run("run", "--rm", "debian:trixie", "echo", "hello").stdout == "hello\n"


