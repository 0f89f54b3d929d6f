"""Start the stack, or bring it up to date."""

from contextlib import suppress

from ops.console import Console
from ops.errors import DemijohnError, ServiceFailed
from ops.health import nginx_answers
from ops.lock import changing
from ops.runtimes import LINES_SHOWN, SERVICES, Runtime
from ops.runtimes.choice import forget, remember
from ops.settings import Settings, write_env_file
from ops.waiting import wait_until

SERVING_SECONDS = 30
MEANINGS = {
    "native": "processes of this host, everything below var/",
    "docker": "containers from docker-compose.prod.yml",
}
TOKEN_NAME = "first"  # noqa: S105 - a name
LINES_OF_A_FAILURE = 20


def start_stack(settings: Settings, runtime: Runtime, console: Console) -> None:
    """Start whatever does not run, or runs out of date; stop it again if that fails."""
    console.say(f"Starting Demijohn as {runtime.name}: {MEANINGS[runtime.name]}")
    runtime.check()

    # From here on things change.
    with changing(settings.home):
        if write_env_file(settings.home):
            console.say(f"Wrote {settings.home.env_file} from .env.example")
        remember(settings.home, runtime.name)
        started: list[str] = []
        try:
            bring_up(settings, runtime, console, started)
            with console.step("first API token") as step:
                token = make_first_token(runtime)
                step.outcome = "made" if token else "made before"
        except BaseException as error:
            go_back(settings, runtime, console, started, error)
            raise
    announce(settings, console, changed=bool(started), token=token)


def bring_up(settings: Settings, runtime: Runtime, console: Console, started: list[str]) -> None:
    """Go through the services in order; `started` gets the name of each that is touched."""
    runtime.prepare()
    for service in runtime.services:
        with console.step(f"{service} ({SERVICES[service]})") as step:
            started.append(service)
            if runtime.start(service):
                step.outcome = "healthy"
            else:
                started.remove(service)
                step.outcome = "runs already"
        if service == "db":
            with console.step("database accounts and schema") as step:
                runtime.prepare_database()
                step.outcome = "up to date"
    if not wait_until(lambda: nginx_answers(settings, "/livez"), SERVING_SECONDS):
        raise ServiceFailed(
            "nginx", "does not reach the application", runtime.last_lines("nginx", LINES_SHOWN)
        )


def go_back(
    settings: Settings, runtime: Runtime, console: Console, started: list[str], error: BaseException
) -> None:
    """Show why, and stop what was started: a half start helps nobody."""
    if isinstance(error, ServiceFailed):
        console.lines(f"The end of {error.service}'s log:", error.lines[-LINES_OF_A_FAILURE:])
    if started:
        console.say(f"Stopping what was started: {', '.join(started)}")
    for service in reversed(started):
        with suppress(DemijohnError):  # the error that led here is the one to tell
            runtime.stop(service)
    if not any(state.running for state in runtime.states()):
        runtime.down()
        forget(settings.home)


def make_first_token(runtime: Runtime) -> str | None:
    """Return a token that may write, unless there has been one before."""
    said = runtime.flask("tokens", "create", TOKEN_NAME, "--scope", "write", "--first")
    return said[-1] if said else None


def announce(settings: Settings, console: Console, *, changed: bool, token: str | None) -> None:
    if not changed:
        console.result(f"Demijohn is already up at {settings.address}/ and nothing had to change.")
        return
    console.result(f"\nDemijohn is up at {settings.address}/")
    if token:
        console.result(f"The first API token, shown this once: {token}")
    console.result("Try next:")
    for command, meaning in next_commands(settings):
        console.result(f"  {command:46} {meaning}")


def next_commands(settings: Settings) -> list[tuple[str, str]]:
    return [
        (f"curl {settings.address}/readyz", "is everything ready?"),
        ("./demijohn status", "how each service is"),
        ("./demijohn load run smoke", "half a minute of load, with figures"),
    ]
