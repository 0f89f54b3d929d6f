"""The images of Nginx and Python give what standins/README.md lists, as the official ones do."""

import json
import urllib.error
import urllib.request
from pathlib import Path

from tests.docker.containers import running, wait_for
from tests.docker.engine import Engine


def test_nginx_serves_and_logs_each_request_to_its_output(engine: Engine) -> None:
    with running(engine, "--publish", "127.0.0.1::80", "nginx:1.30-trixie") as server:
        address = engine.run("port", server, "80/tcp").stdout.strip()

        def serves() -> bool:
            try:
                return b"nginx" in urllib.request.urlopen(f"http://{address}/", timeout=5).read()
            except (urllib.error.URLError, ConnectionError):
                return False

        wait_for(serves)
        wait_for(lambda: "GET / HTTP/1.1" in engine.run("logs", server).stdout)


def test_nginx_ends_at_the_signal_that_its_image_names(engine: Engine) -> None:
    inspect = ("image", "inspect", "--format", "{{.Config.StopSignal}}", "nginx:1.30-trixie")
    assert engine.run(*inspect).stdout.strip() == "SIGQUIT"
    with running(engine, "nginx:1.30-trixie") as server:
        wait_for(lambda: "start worker process" in engine.run("logs", server).stderr)
        engine.run("stop", "--time", "30", server)
        state = json.loads(engine.run("inspect", "--format", "{{json .State}}", server).stdout)
    assert state["ExitCode"] == 0


def test_nginx_has_its_user_its_version_and_programs(engine: Engine) -> None:
    script = "id -u nginx; id -g nginx; nginx -v 2>&1; curl --version | cut -c 1-4; openssl version"
    words = engine.run("run", "--rm", "nginx:1.30-trixie", "sh", "-c", script).stdout
    assert words.startswith("101\n101\nnginx version: nginx/1.30.")
    assert "\ncurl" in words
    assert "\nOpenSSL 3." in words


def test_python_runs_as_python_and_is_the_version_of_its_tag(engine: Engine) -> None:
    script = "import shutil, sys; print(sys.version_info[:2], shutil.which('openssl'))"
    words = ("run", "--rm", "python:3.13-slim-trixie", "python", "-c", script)
    assert engine.run(*words).stdout.strip() == "(3, 13) /usr/bin/openssl"


def test_a_build_on_python_reaches_the_package_index_with_pip_and_uv(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(
        "FROM python:3.13-slim-trixie\n"
        "RUN pip install uv && pip download six\n"
        "RUN uv venv /venv && uv pip install --python /venv/bin/python six\n"
        "RUN /venv/bin/python -c 'import six'\n"
    )
    image = engine.run("build", "--quiet", "--no-cache", tmp_path).stdout.strip()
    engine.run("image", "rm", image)
