"""What must hold between the files of nginx/, and between them and the application's."""

import base64
import hashlib
import re
import subprocess
from pathlib import Path

from web.security import MAX_BODY_BYTES

NGINX = Path(__file__).parents[2] / "nginx"
CONFIGURATION = {path.relative_to(NGINX).as_posix(): path.read_text() for path in NGINX.rglob("*.conf")}


def directives(name: str) -> str:
    """A file's text without its comments."""
    return re.sub(r"(?m)^\s*#.*$|\s+#.*$", "", CONFIGURATION[name])


def value_of(name: str, directive: str) -> str:
    found = re.search(rf"(?m)^\s*{directive}\s+([^;]+);", directives(name))
    assert found is not None, f"no {directive} in {name}"
    return found[1]


def test_the_policy_of_the_error_page_allows_its_style_and_no_other() -> None:
    (style,) = re.findall(r"(?s)<style>(.*?)</style>", CONFIGURATION["snippets/errors.conf"])
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in CONFIGURATION["snippets/security.conf"]


def test_every_snippet_is_included_somewhere() -> None:
    included = {name for text in CONFIGURATION.values() for name in re.findall(r"include (\S+);", text)}
    assert included - {"application/*.conf"} == set(CONFIGURATION) - {"nginx.conf", "links.conf"}


def test_the_application_alone_rules_the_cache() -> None:
    for name in CONFIGURATION:
        assert not re.search("proxy_cache_valid|proxy_cache_use_stale", directives(name)), name
        assert "non_idempotent" not in directives(name), name


def test_the_ledger_is_never_buffered() -> None:
    logs = re.findall(r"access_log .*ledger\.log.*;", "".join(CONFIGURATION.values()))
    assert logs
    assert set(logs) == {'access_log "@LEDGER_DIR@/ledger.log" ledger;'}


def test_nginx_and_the_application_take_bodies_of_the_same_size() -> None:
    assert value_of("snippets/limits.conf", "client_max_body_size") == "1m"
    assert MAX_BODY_BYTES == 1024 * 1024


def test_nginx_waits_for_an_answer_until_the_slowest_database_path_has_given_up() -> None:
    read = int(value_of("snippets/proxy.conf", "proxy_read_timeout").removesuffix("s"))
    shutdown = int(value_of("nginx.conf", "worker_shutdown_timeout").removesuffix("s"))
    assert 2 * 8 < read < shutdown < 30


def test_the_entry_point_is_plain_posix_shell() -> None:
    script = NGINX / "entrypoint.sh"
    assert script.read_text().startswith("#!/bin/sh\n")
    assert script.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", script], check=True)
    assert not re.search(r"\[\[|\blocal\b|\$'|<<<|\bfunction\b|echo -", script.read_text())
