"""Nginx: both runtimes start it through the same script."""

from ops.paths import ROOT


def serve() -> list[str]:
    return [str(ROOT / "nginx" / "entrypoint.sh")]
