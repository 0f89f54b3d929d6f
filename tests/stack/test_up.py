"""`./demijohn up` and its neighbours, on real services."""

import contextlib
import fcntl
import http.client
import json
import os
import re
import signal
import stat
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pymysql
import pytest

from tests.stack.private_stack import SERVICES, Stack

ROOT_USER = os.geteuid() == 0
# Bit 6 of a capability set. Nginx's workers set their groups, which stay root's.
SETGID = 1 << 6


def get(stack: Stack, path: str, **headers: str) -> int:
    request = urllib.request.Request(stack.url + path, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except (OSError, http.client.HTTPException):
        return 0


def wait_until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def test_a_first_start_serves_and_tells_address_token_and_next_commands(home: Stack) -> None:
    out = home.start().stdout
    assert f"Demijohn is up at {home.url}/" in out
    assert len(out.partition("Try next:\n")[2].splitlines()) == 3
    assert get(home, "/") == get(home, "/readyz") == 200

    token = re.findall(r"shown this once: (\S+)", out)[0]
    assert get(home, "/api/links", Authorization=f"Bearer {token}") == 200
    assert get(home, "/api/links", Authorization="Bearer another") == 401

    home.demijohn("down")
    assert wait_for_nobody(home)
    out = home.start().stdout
    assert "token" not in out
    assert get(home, "/api/links", Authorization=f"Bearer {token}") == 200


def wait_for_nobody(stack: Stack) -> bool:
    # Nginx's ledger loop notices within 3 s that Nginx is gone.
    wait_until(lambda: not stack.processes() and get(stack, "/-/nginx-health") == 0, 15)
    return True


def test_a_second_start_changes_nothing_and_says_so(stack: Stack) -> None:
    before = stack.process_ids()
    done = stack.start()
    assert "nothing had to change" in done.stdout
    assert "token" not in done.stdout
    assert stack.process_ids() == before
    assert set(before) == set(SERVICES)


def test_status_tells_how_each_service_is(stack: Stack) -> None:
    done = stack.demijohn("status")
    assert [line.split()[0] for line in done.stdout.splitlines()[:5]] == list(SERVICES)
    assert done.stdout.count(" healthy ") == len(SERVICES)
    assert stack.url in done.stdout


def test_logs_show_one_service_or_all(stack: Stack) -> None:
    assert "ready for connections" in stack.demijohn("logs", "db").stdout
    everything = stack.demijohn("logs").stdout
    assert all(f"{service}.log" in everything for service in SERVICES)


def test_the_sql_prompt_is_the_superuser_s_and_takes_a_pipe(stack: Stack) -> None:
    done = stack.demijohn("db", typed="SELECT DATABASE(); SHOW GRANTS;")
    assert "demijohn" in done.stdout
    assert "GRANT ALL PRIVILEGES ON *.*" in done.stdout


def test_the_shell_is_inside_the_application(stack: Stack) -> None:
    done = stack.demijohn("shell", typed="print(app.name.upper())\n")
    assert "WEB" in done.stdout


def test_one_slot_restarts_alone_and_nobody_notices(stack: Stack) -> None:
    before = stack.process_ids()
    stack.demijohn("restart", "web-a")
    after = stack.process_ids()
    assert before.pop("web-a") != after.pop("web-a")
    assert after == before


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_is_killed_comes_back_by_itself(stack: Stack, service: str) -> None:
    before = stack.process_ids()
    os.kill(before[service], signal.SIGKILL)
    wait_until(lambda: stack.process_ids().get(service, before[service]) != before[service])
    wait_until(lambda: stack.demijohn("status", check=False).returncode == 0)
    wait_until(lambda: get(stack, "/readyz") == 200)


def test_a_killed_process_manager_takes_all_with_it_and_the_next_start_heals(stack: Stack) -> None:
    os.kill(int((stack.home / "var/run/supervisor.pid").read_text()), signal.SIGKILL)
    assert wait_for_nobody(stack)
    stack.start()
    assert get(stack, "/readyz") == 200


def test_another_command_at_work_is_waited_out_by_the_person(stack: Stack) -> None:
    with (stack.home / "var/lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = stack.start(check=False)
    assert done.returncode == 1
    assert "another ./demijohn is changing this stack" in done.stderr


def test_only_nginx_listens_on_tcp(stack: Stack) -> None:
    inodes = {inode for process in stack.processes().values() for inode in open_sockets(process)}
    assert {address for inode, address in listeners().items() if inode in inodes} == {
        f"0100007F:{stack.port:04X}"
    }


def listeners() -> dict[str, str]:
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    fields = [line.split() for table in tables for line in table.read_text().splitlines()]
    return {f[9]: f[1] for f in fields if f[3] == "0A"}


def open_sockets(process: Path) -> set[str]:
    targets = set()
    for descriptor in (process / "fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            targets |= set(re.findall(r"socket:\[(\d+)\]", str(descriptor.readlink())))
    return targets


def test_no_secret_stands_in_a_command_line_or_an_environment(stack: Stack) -> None:
    secrets = [path.read_bytes().strip() for path in (stack.home / "secrets").iterdir()]
    assert len(secrets) == 4
    for process in stack.processes().values():
        seen = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        assert not [secret for secret in secrets if secret in seen]


def test_secrets_are_behind_a_closed_directory(stack: Stack) -> None:
    for closed in ("secrets", "var"):
        assert stat.S_IMODE((stack.home / closed).stat().st_mode) == 0o700


@pytest.mark.skipif(not ROOT_USER, reason="only root has capabilities to give up")
def test_services_of_root_keep_no_capability(stack: Stack) -> None:
    for service, pid in stack.process_ids().items():
        status = Path(f"/proc/{pid}/status").read_text()
        effective = int(re.findall(r"CapEff:\s+(\w+)", status)[0], 16)
        assert effective == (SETGID if service == "nginx" else 0)
        assert re.findall(r"NoNewPrivs:\s+1", status)


def test_the_application_s_account_cannot_change_the_schema(stack: Stack) -> None:
    connection = pymysql.connect(
        unix_socket=str(stack.home / "var/run/mariadb.sock"),
        user="app",
        password=(stack.home / "secrets/database_password").read_text().strip(),
        database="demijohn",
        ssl_disabled=True,
    )
    with (
        connection,
        connection.cursor() as cursor,
        pytest.raises(pymysql.err.OperationalError, match="denied"),
    ):
        cursor.execute("DROP TABLE alembic_version")


def test_a_changed_setting_reaches_the_page_with_the_next_start(stack: Stack) -> None:
    env_file = stack.home / ".env"
    kept = env_file.read_text()
    before = stack.process_ids()
    try:
        env_file.write_text(f'{kept}MESSAGE="It\'s 100% \\"quoted\\""\n')
        stack.start()
        with urllib.request.urlopen(stack.url, timeout=10) as page:  # noqa: S310
            assert "It&#39;s 100% &#34;quoted&#34;" in page.read().decode()
        after = stack.process_ids()
        assert (after["db"], after["nginx"]) == (before["db"], before["nginx"])
    finally:
        env_file.write_text(kept)
        stack.start()


def test_the_version_is_the_commit_s(stack: Stack) -> None:
    with urllib.request.urlopen(f"{stack.url}/version", timeout=10) as answer:  # noqa: S310
        assert json.load(answer)["version"] not in ("", "unknown")
