"""Start the stack, or bring it up to date."""

from contextlib import suppress

from ops.console import Console
from ops.errors import DemijohnError, ServiceFailed
from ops.health import nginx_answers, tls_answers
from ops.lock import changing
from ops.runtimes import CERTIFICATES, LINES_SHOWN, SERVICES, Runtime
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
    failure = None
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
        if CERTIFICATES in runtime.services:
            failure = certify(settings, runtime, console, started)
    announce(settings, console, changed=bool(started), token=token, certified=failure is None)
    if failure:
        raise failure


def bring_up(settings: Settings, runtime: Runtime, console: Console, started: list[str]) -> None:
    """Go through the services in order; `started` gets the name of each that is touched."""
    runtime.prepare()
    for service in runtime.services:
        if service == CERTIFICATES:
            continue
        start_service(runtime, console, service, started)
        if service == "db":
            with console.step("database accounts and schema") as step:
                runtime.prepare_database()
                step.outcome = "up to date"
    if not wait_until(lambda: serves(settings), SERVING_SECONDS):
        raise ServiceFailed(
            "nginx", "does not reach the application", runtime.last_lines("nginx", LINES_SHOWN)
        )


def serves(settings: Settings) -> bool:
    """Whether visitors are served; with TLS=acme the certificate may come later."""
    return nginx_answers(settings, "/livez") and (settings.tls != "files" or tls_answers(settings, "/livez"))


def start_service(runtime: Runtime, console: Console, service: str, started: list[str]) -> None:
    with console.step(f"{service} ({SERVICES[service]})") as step:
        started.append(service)
        if runtime.start(service):
            step.outcome = "healthy"
        else:
            started.remove(service)
            step.outcome = "runs already"


def certify(
    settings: Settings, runtime: Runtime, console: Console, started: list[str]
) -> ServiceFailed | None:
    """Start what obtains certificates, and wait until Nginx has one; return what went wrong, if anything.

    That stops nothing: the authority asks Nginx, and is asked again for as long as it takes.
    """
    try:
        start_service(runtime, console, CERTIFICATES, started)
        if not wait_until(lambda: tls_answers(settings, "/livez"), SERVING_SECONDS):
            lines = runtime.last_lines("nginx", LINES_SHOWN)
            raise ServiceFailed("nginx", "does not take the certificate", lines)
    except ServiceFailed as error:
        console.lines(f"The end of {error.service}'s log:", error.lines[-LINES_OF_A_FAILURE:])
        console.say("Everything else runs, and the certificate is asked for again and again.")
        return error
    return None


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


def announce(
    settings: Settings, console: Console, *, changed: bool, token: str | None, certified: bool
) -> None:
    if not changed:
        console.result(f"Demijohn is already up at {settings.address}/ and nothing had to change.")
        return
    if certified:
        console.result(f"\nDemijohn is up at {settings.address}/")
    else:
        console.result(f"\nDemijohn will be at {settings.address}/ as soon as there is a certificate")
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
