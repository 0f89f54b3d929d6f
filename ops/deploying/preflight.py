"""What can fail cheaply, before anything changes: everything that does not hold is told at once."""

from collections.abc import Iterator

from ops.commands import git
from ops.deploying.release import Release
from ops.deploying.stack import DIRECTORY, Facts
from ops.errors import DemijohnError
from ops.paths import ROOT, Home
from ops.runner import Runner
from ops.settings import load_settings

PRODUCTION = ".env.production"
FIRST_SETTINGS = """\
there is no .env.production: it holds the settings of the host, and no secret. Begin with
  HTTP_ADDRESS=0.0.0.0:80
  SERVER_NAMES=www.example.org
  RATE_LIMIT_EXEMPT=
.env.example tells what else there is. Commit it with the rest."""
ENGINE_MIN = 25
COMPOSE_MIN = (2, 24)
FREE_MIN = 2 * 1024 * 1024  # KiB


def read_release(runner: Runner) -> Release:
    """Return the release that is checked out here; raises DemijohnError unless it is all committed."""
    changes = runner.run(git.changes())
    if changes:
        listed = "".join(f"\n  {line}" for line in changes[:10])
        raise DemijohnError(
            f"what is not committed has no version to be deployed as:{listed}\nCommit it, or stash it."
        )
    if not (ROOT / PRODUCTION).exists():
        raise DemijohnError(FIRST_SETTINGS)
    version = runner.run(git.short_hash())[0]
    return Release(version, load_settings(Home(ROOT), env_file=ROOT / PRODUCTION))


def check_host(name: str, facts: Facts) -> None:
    """Raise DemijohnError with all that keeps a host from being deployed to."""
    problems = list(find_problems(name, facts))
    if problems:
        raise DemijohnError(
            f"{name} is not ready, and nothing was changed:\n" + "\n".join(f"  - {p}" for p in problems)
        )


def find_problems(name: str, facts: Facts) -> Iterator[str]:
    provision = f"./demijohn provision {name} brings both"
    if not facts.engine:
        yield f"no Docker engine answers, or this user may not ask it; {provision}"
    elif int(facts.engine.partition(".")[0]) < ENGINE_MIN:
        yield f"its Docker engine is {facts.engine}, and {ENGINE_MIN} is needed; {provision}"
    if facts.engine and read_version(facts.compose) < COMPOSE_MIN:
        needed = ".".join(map(str, COMPOSE_MIN))
        yield f"its Compose is {facts.compose or 'missing'}, and {needed} is needed; {provision}"
    if facts.directory != "ok":
        yield f"{DIRECTORY} is {facts.directory}: this user must be able to write there; {provision}"
    if int(facts.free or 0) < FREE_MIN:
        yield f"{int(facts.free or 0) // 1024} MiB of disk are free, and {FREE_MIN // 1024} are needed"
    if facts.held:
        yield f"deploys are held: {facts.held.strip()}; ./demijohn lock release {name} ends that"


def read_version(text: str) -> tuple[int, ...]:
    """Return the leading numbers of a version such as 2.26.1-4, or (0,) when there are none."""
    numbers = [part for part in text.lstrip("v").partition("-")[0].split(".") if part.isdigit()]
    return tuple(map(int, numbers)) or (0,)
