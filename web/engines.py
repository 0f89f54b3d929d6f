"""How MariaDB is reached, how long it is waited for, and what its errors mean."""

from time import monotonic
from typing import Any

from pymysql import Error
from pymysql.constants import CR, ER
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from web.config import Settings

# Waits in seconds, each shorter than the one around it (ARCHITECTURE.md, "The ladder of waits").
LOCK_WAIT = 3
STATEMENT = 5
DRIVER_READ = 8
CONNECT = 2

# A connection that answered this recently is used without asking it first: to ask is a round trip, of
# which a reading request has one other. Should it be dead all the same, one request fails and says so.
TRUSTED = 1.0

# The server has rolled the whole transaction back; it may be run again from its beginning.
RECORD_CHANGED = 1020
RETRIED = {RECORD_CHANGED, ER.LOCK_WAIT_TIMEOUT, ER.LOCK_DEADLOCK}

# The database cannot answer now, whatever the statement: worth another try later.
STATEMENT_TIMEOUT = 1969
UNAVAILABLE = RETRIED | {
    STATEMENT_TIMEOUT,
    ER.CON_COUNT_ERROR,
    ER.USER_LIMIT_REACHED,
    ER.SERVER_SHUTDOWN,
    ER.DISK_FULL,
    CR.CR_CONNECTION_ERROR,
    CR.CR_CONN_HOST_ERROR,
    CR.CR_SERVER_GONE_ERROR,
    CR.CR_SERVER_LOST,
}

SESSION_LIMITS = f"SET SESSION max_statement_time={STATEMENT}, innodb_lock_wait_timeout={LOCK_WAIT}"
# A schema change may take as long as it needs, but must not queue for long for a table's lock: every
# statement on that table queues behind it. `web/schema/guard.py` tries again.
OWNER_LIMITS = f"SET SESSION max_statement_time=0, lock_wait_timeout=2, innodb_lock_wait_timeout={LOCK_WAIT}"


def connect(
    settings: Settings, *, owner: bool = False, read_timeout: int | None = DRIVER_READ, **options: Any
) -> Engine:
    """Given the settings, return an engine for the application's account, or the schema owner's.

    TLS is off: the way to the server is a unix socket or a network that nothing else is on, and
    PyMySQL's default builds a TLS context (24 ms) for each connection without verifying the peer.
    """
    return create_engine(
        database_url(settings, owner=owner),
        connect_args={
            "ssl_disabled": True,
            "connect_timeout": CONNECT,
            "read_timeout": None if owner else read_timeout,
            "write_timeout": DRIVER_READ,
            "charset": "utf8mb4",
            "local_infile": False,
            "init_command": OWNER_LIMITS if owner else SESSION_LIMITS,
        },
        **options,
    )


def ping_idle_connections(engine: Engine) -> None:
    """Have the engine's pool try a connection before its use when it was idle for longer than TRUSTED."""

    @event.listens_for(engine, "checkin")
    def note_use(_connection: object, entry: ConnectionPoolEntry) -> None:
        entry.info["used"] = monotonic()

    @event.listens_for(engine, "checkout")
    def ping(connection: Any, entry: ConnectionPoolEntry, _proxy: object) -> None:
        used = entry.info.get("used")
        if used is not None and monotonic() - used > TRUSTED:
            try:
                connection.ping(reconnect=False)
            except Error as error:
                raise InvalidatePoolError from error


def database_url(settings: Settings, *, owner: bool) -> URL:
    """Given the settings, return the URL; a host that is an absolute path is a unix socket's.

    Raises RuntimeError when the owner's password is asked for where it was not given.
    """
    password = settings.database_owner_password if owner else settings.database_password
    if password is None:
        raise RuntimeError("DATABASE_OWNER_PASSWORD_FILE is not set: only `flask migrate` needs it")
    is_socket = settings.database_host.startswith("/")
    return URL.create(
        "mysql+pymysql",
        username=settings.database_owner if owner else settings.database_user,
        password=password.get_secret_value(),
        host="localhost" if is_socket else settings.database_host,
        port=settings.database_port,
        database=settings.database_name,
        query={"unix_socket": settings.database_host} if is_socket else {},
    )


def error_code(error: DBAPIError) -> int | None:
    """Given a driver's error, return MariaDB's number for it."""
    arguments = error.orig.args if error.orig else ()
    return arguments[0] if arguments and isinstance(arguments[0], int) else None


def is_unavailable(error: DBAPIError) -> bool:
    """Tell whether the database could not answer now, as against a statement that is wrong."""
    return error.connection_invalidated or error_code(error) in UNAVAILABLE
