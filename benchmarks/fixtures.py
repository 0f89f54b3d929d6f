"""What the stack is compared with. Each fixture takes its settings from the stack's own files."""

import getpass
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.counting import DATABASE, SCHEMA
from benchmarks.errors import BenchmarkError
from benchmarks.process import ROOT, find_port, run, serving
from benchmarks.stack import Stack

GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "web/gunicorn.conf.py")
WORKERS = re.compile(r"^(?:user|worker_\w+|pcre_jit)\s[^\n]*;$|^events \{.*?^\}$", re.MULTILINE | re.DOTALL)
CACHE = re.compile(r"^(\s*)proxy_cache \w+;$", re.MULTILINE)

PLAIN_NGINX = """\
daemon off;
pid {directory}/nginx.pid;
{workers}
http {{
    access_log off;
    include {conf}/snippets/timeouts.conf;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{ {answer} }}
    }}
}}
"""


@contextmanager
def plain_nginx(stack: Stack, name: str, answer: str) -> Iterator[str]:
    """Serve `answer`, a directive, with the stack's worker settings and no logs; yield its URL."""
    conf, port, directory = stack.home / "var/cache/nginx/conf", find_port(), stack.home / name
    directory.mkdir()
    workers = "\n".join(WORKERS.findall((conf / "nginx.conf").read_text(encoding="utf-8")))
    path = directory / "nginx.conf"
    path.write_text(
        PLAIN_NGINX.format(directory=directory, conf=conf, port=port, workers=workers, answer=answer),
        encoding="utf-8",
    )
    command = ["nginx", "-e", "stderr", "-p", str(directory), "-c", str(path)]
    with serving(command, port, stack.home / f"{name}.log", stack.environment("nginx")):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def uncached_nginx(stack: Stack) -> Iterator[str]:
    """Serve the stack through its own Nginx files with one line changed, `proxy_cache off`.

    Limits, logs and ledger (another one) stay: what is left away is the cache alone.
    """
    port, directory = find_port(), stack.home / "uncached"
    shutil.copytree(ROOT / "nginx", directory / "files")
    if not sum(switch_cache_off(conf) for conf in (directory / "files").rglob("*.conf")):
        raise BenchmarkError("nothing in nginx/ says `proxy_cache`: what is there to leave away?")
    environment = stack.environment("nginx") | {
        "LISTEN": f"127.0.0.1:{port}",
        "NGINX_DIR": str(directory / "nginx"),
        "LEDGER_DIR": str(directory / "ledger"),
    }
    command = [str(directory / "files" / "entrypoint.sh")]
    with serving(command, port, stack.home / "uncached.log", environment):
        yield f"http://127.0.0.1:{port}"


def switch_cache_off(conf: Path) -> int:
    """Have `conf` name no cache any more; return how often it did."""
    text, changed = CACHE.subn(r"\1proxy_cache off;", conf.read_text(encoding="utf-8"))
    conf.write_text(text, encoding="utf-8")
    return changed


@contextmanager
def bare_gunicorn(stack: Stack) -> Iterator[str]:
    """Serve the application without Nginx, with the workers of both slots together; yield its URL.

    On a TCP port, because wrk speaks to no unix socket.
    """
    port = find_port()
    environment = both_slots(stack) | {"GUNICORN_BIND": f"127.0.0.1:{port}"}
    with serving(GUNICORN, port, stack.home / "gunicorn.log", environment):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def counting_application(stack: Stack) -> Iterator[str]:
    """Serve the application that counts within the request, behind a plain Nginx; yield its URL."""
    socket = stack.home / "counting.sock"
    create_tables(stack)
    command = [*GUNICORN, "benchmarks.counting:create_app()"]
    environment = both_slots(stack) | {"GUNICORN_BIND": f"unix:{socket}"}
    with (
        serving(command, socket, stack.home / "counting.log", environment),
        plain_nginx(stack, "before-counting", f"proxy_pass http://unix:{socket};") as url,
    ):
        yield url


def create_tables(stack: Stack) -> None:
    """Make the database of the counting application, and the account that it uses."""
    socket = stack.run_directory / "mariadb.sock"
    statements = (
        f"CREATE DATABASE {DATABASE}",
        f"CREATE USER '{DATABASE}'@'localhost'",
        f"GRANT ALL ON {DATABASE}.* TO '{DATABASE}'@'localhost'",
        f"USE {DATABASE}",
        *SCHEMA,
    )
    client = ["mariadb", "--no-defaults", f"--socket={socket}", f"--user={getpass.getuser()}"]
    run([*client, "--execute", ";".join(statements)])


def both_slots(stack: Stack) -> dict[str, str]:
    """Return the environment of a slot that has the workers of both."""
    environment = stack.environment("web-a")
    return environment | {"WEB_CONCURRENCY": str(2 * int(environment["WEB_CONCURRENCY"]))}
