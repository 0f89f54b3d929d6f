"""uv, from this environment."""

import sys
from pathlib import Path

UV = str(Path(sys.executable).with_name("uv"))
# This environment's Python, and no other.
ENVIRONMENT = {"UV_PYTHON_DOWNLOADS": "never", "UV_PYTHON": sys.executable}


def upgrade_lock() -> list[str]:
    return [UV, "lock", "--upgrade"]


def sync() -> list[str]:
    return [UV, "sync", "--locked", "--all-groups", "--no-group", "certificates"]
