"""`./demijohn up` and its neighbours, in containers, from a copy that nobody has started."""

import json
import re
import stat
import subprocess

from tests.docker.product import SERVICES, Product, clicks
from tests.stack.client import Client, wait_until

NAMES = {"secret_key", "database_password", "database_owner_password", "database_root_password"}
Words = subprocess.CompletedProcess[str]


def test_a_first_start_tells_address_token_and_next_commands(prod: Product, first_start: Words) -> None:
    assert f"Demijohn is up at {prod.url}/" in first_start.stdout
    assert len(first_start.stdout.partition("Try next:\n")[2].splitlines()) == 3
    token = re.findall(r"shown this once: (\S+)", first_start.stdout)[0]
    assert Client(prod, token=token).get("/api/links").status == 200
    assert Client(prod, token="another").get("/api/links").status == 401


def test_a_first_start_writes_settings_and_secrets_that_nobody_else_reaches(prod: Product) -> None:
    assert stat.S_IMODE((prod.directory / ".env").stat().st_mode) == 0o600
    closed = prod.directory / "secrets"
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in closed.iterdir()}
    # Readable for whoever gets there: a container's user, through its mount. Nobody else gets there.
    assert files == dict.fromkeys(NAMES, 0o444)
    assert len({path.read_text() for path in closed.iterdir()}) == len(NAMES)


def test_services_start_one_after_the_other(first_start: Words) -> None:
    started = re.findall(r"^\$ .* up --detach .* (\S+)$", first_start.stderr, re.MULTILINE)
    assert started == list(SERVICES)


def test_a_redirect_is_followed_and_counted(prod: Product) -> None:
    client = Client(prod, token=prod.token)
    made = client.post("/api/links", {"target": "https://example.com/cellar", "slug": "first-cask"})
    assert made.status == 201
    for _ in range(3):
        answer = client.get("/first-cask")
        assert (answer.status, answer.headers["location"]) == (302, "https://example.com/cellar")
    wait_until(lambda: clicks(prod, "first-cask") >= 3)
    assert clicks(prod, "first-cask") == 3
    assert "sums equal lines" in prod.flask("clicks", "verify")


def test_a_second_start_changes_nothing_and_says_so(prod: Product) -> None:
    before = prod.containers()
    assert set(before) == set(SERVICES)
    done = prod.demijohn("up")
    assert "nothing had to change" in done.stdout
    assert "token" not in done.stdout
    assert prod.containers() == before


def test_status_tells_how_each_service_is(prod: Product) -> None:
    told = prod.demijohn("status").stdout
    assert [line.split()[0] for line in told.splitlines()[: len(SERVICES)]] == list(SERVICES)
    assert told.count(" healthy ") == len(SERVICES)
    assert f"{prod.url}/ (docker runtime)" in told


def test_logs_show_one_service_or_all(prod: Product) -> None:
    database = prod.demijohn("logs", "db").stdout
    assert "db-1" in database
    assert "nginx-1" not in database
    everything = prod.demijohn("logs").stdout
    assert all(f"{service}-1" in everything for service in SERVICES)


def test_the_sql_prompt_is_the_superuser_s_and_takes_a_pipe(prod: Product) -> None:
    done = prod.demijohn("db", typed="SELECT DATABASE(); SHOW GRANTS;")
    assert "demijohn" in done.stdout
    assert "GRANT ALL PRIVILEGES ON *.*" in done.stdout


def test_the_shell_is_inside_the_application(prod: Product) -> None:
    assert "WEB" in prod.demijohn("shell", typed="print(app.name.upper())\n").stdout


def test_one_slot_restarts_alone(prod: Product) -> None:
    before = {service: prod.inspect(service)["State"]["StartedAt"] for service in SERVICES}
    prod.demijohn("restart", "web-a")
    after = {service: prod.inspect(service)["State"]["StartedAt"] for service in SERVICES}
    assert before.pop("web-a") != after.pop("web-a")
    assert after == before
    assert prod.health("web-a") == "healthy"


def test_a_load_run_meets_no_wrong_answer_sees_the_services_and_leaves_nothing(prod: Product) -> None:
    before = prod.flask("links", "list")
    done = prod.demijohn("load", "run", "smoke", "--rate", "60", "--seconds", "5", check=False)
    # Other tests run meanwhile, so it may be late (2) or INVALID (4); its answers are right in any case.
    assert done.returncode in (0, 2, 4), done.stdout + done.stderr
    assert "Wrong answers: none" in done.stdout
    assert "Not observed" not in done.stderr
    assert prod.flask("links", "list") == before
    (folder,) = (prod.directory / "var/load").glob("*-smoke")
    seen = json.loads((folder / "result.json").read_text())["observations"][-1]
    assert set(seen["cpu"]) == set(SERVICES)
    assert seen["slots"] == {"web-a": True, "web-b": True}
    assert seen["connections"] > 0
