"""The same files under every Nginx that must take them, and under a user without any rights."""

import os
import re
from pathlib import Path

import pytest

from tests.authority import greet, make_authority, serial
from tests.docker.process import BootstrapError
from tests.stack import nginx_versions
from tests.stack.nginx_site import Site, serving, wait_until
from tests.stack.nginx_slots import Answer

NOBODY = 65534

# As a container does it: no rights, and nothing can be written but the two directories and the log.
CONFINE = f"""
home=${{NGINX_DIR%/*}}
chmod 755 "$home"
cp -r "${{0%/*}}" "$home/files"
for place in "$NGINX_DIR" "$LEDGER_DIR" "$home/log"; do
    chown {NOBODY}:{NOBODY} "$place"
    mount --bind "$place" "$place"
done
mount -o remount,bind,ro /
chown {NOBODY} "$home/log/out"
exec setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups "$home/files/entrypoint.sh"
"""


@pytest.fixture(params=[nginx_versions.HOST, *nginx_versions.SUITES])
def programs(request: pytest.FixtureRequest) -> Path:
    """The directory of one version of Nginx; without it the test skips, and fails with CI=true."""
    try:
        return nginx_versions.obtain(request.param)
    except BootstrapError as error:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(f"no Nginx from {request.param}: {error}")


def check_whole_way(site: Site) -> None:
    """A cached redirect with its ledger line, a rotation, a refusal and the maintenance page."""
    headers = {"Location": "https://example.org/", "Cache-Control": "max-age=60"}
    site.application.answer = lambda _: Answer(302, headers)
    site.ask("/slug")
    wait_until(site.ledger_lines)
    site.rotate()
    assert site.ask("/slug").status == 302
    wait_until(lambda: len(site.ledger_lines()) == 2)
    assert len(site.application.seen) == 1
    assert site.ask("/api/" + "x" * 4200).json()["status"] == 414
    site.application.close()
    assert site.ask("/api/x").json()["status"] == 503


def test_the_same_files_serve_under_every_version(programs: Path) -> None:
    with serving(PATH=f"{programs}:{os.environ['PATH']}") as site:
        check_whole_way(site)
        rendered = "".join(p.read_text() for p in (site.home / "nginx/conf").rglob("*.conf"))
        version = nginx_versions.version_of(programs)
        assert ("keepalive_min_timeout 10s;" in rendered) == (version >= (1, 27, 4))
        assert ("keepalive 0;" in rendered) == (version >= (1, 29, 7))
        assert not re.search("@[A-Z_]+@|@since|@as-root", rendered)
        assert "warn" not in site.errors()


def test_every_version_speaks_tls_as_well_as_it_can(programs: Path, tmp_path: Path) -> None:
    authority, certificates = make_authority(tmp_path / "authority"), tmp_path / "tls"
    authority.certify(certificates, "localhost")
    path = f"{programs}:{os.environ['PATH']}"
    with serving(PATH=path, TLS="files", CERTIFICATE_DIR=str(certificates)) as site:
        context = authority.trusted()
        context.set_alpn_protocols(["h2"])
        with greet("localhost", site.tls_port, context) as connection:
            assert (connection.version(), connection.selected_alpn_protocol()) == ("TLSv1.3", "h2")
        before = serial("localhost", site.tls_port, authority.trusted())
        authority.certify(certificates, "localhost")
        wait_until(lambda: serial("localhost", site.tls_port, authority.trusted()) != before)

        rendered = "".join(p.read_text() for p in (site.home / "nginx/conf").rglob("*.conf"))
        version = nginx_versions.version_of(programs)
        assert ("http2 on;" in rendered) == (version >= (1, 25, 1))
        assert ("ssl_session_tickets off;" in rendered) == (version < (1, 23, 2))
        assert ("X25519MLKEM768" in rendered) == (nginx_versions.openssl_of(programs) >= (3, 5))
        assert not re.search(r"@[A-Z_]+@|^ *@[a-z]", rendered, re.MULTILINE)
        assert "warn" not in site.errors()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_nginx_needs_no_rights_and_a_read_only_system() -> None:
    with serving(("unshare", "--mount", "sh", "-ec", CONFINE)) as site:
        assert Path(f"/proc/{site.process.pid}").stat().st_uid == NOBODY
        check_whole_way(site)
