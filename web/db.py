"""The database: one engine to write through, one to read through, and transactions that are retried.

The read engine runs in AUTOCOMMIT and skips the rollback on return, which spares a round trip for
each request (measured at about 1.4 times the throughput); what it reads is not one snapshot.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Flask, current_app
from pymysql.constants import CR, ER
from sqlalchemy import URL, DateTime, Dialect, Engine, MetaData, NullPool, TypeDecorator, create_engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from web.config import Settings

T = TypeVar("T")

# Waits in seconds, each shorter than the one around it (ARCHITECTURE.md, "The ladder of waits").
LOCK_WAIT = 3
STATEMENT = 5
DRIVER_READ = 8
CONNECT = 2
POOL_WAIT = 2
PROBE = 1

# The server has rolled the whole transaction back; it may be run again from its beginning.
RECORD_CHANGED = 1020
RETRIED = {RECORD_CHANGED, ER.LOCK_WAIT_TIMEOUT, ER.LOCK_DEADLOCK}
ATTEMPTS = 4

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
# A schema change may take as long as it needs, but must not queue for ever for a table's lock:
# every statement on that table would queue behind it.
OWNER_LIMITS = "SET SESSION lock_wait_timeout=10"


def utc_now() -> datetime:
    """Return the time as the database keeps it: in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class UtcDateTime(TypeDecorator[datetime]):
    """A DATETIME that holds UTC; in Python it always has its zone, so no two clocks can be mixed."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None, microsecond=0) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    """What every model inherits from; constraints get fixed names so that migrations can name them."""

    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 - SQLAlchemy's way to say it
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Database:
    """The engines of one application, and the sessions on them."""

    def __init__(self, settings: Settings) -> None:
        pool: dict[str, Any] = {
            "pool_size": settings.web_threads,
            "max_overflow": 0,
            "pool_timeout": POOL_WAIT,
            "pool_recycle": 300,
            "pool_pre_ping": True,
            "pool_use_lifo": True,
        }
        self.writer = connect(settings, **pool)
        self.reader = connect(settings, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True, **pool)
        # Readiness must be told apart from a busy pool, so its probe connects by itself.
        self.probe = connect(settings, read_timeout=PROBE, poolclass=NullPool)

    def write(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one transaction and return its result, after the commit.

        A deadlock, a lock wait that ran out or a row changed meanwhile (errors 1213, 1205, 1020)
        rolls back and runs the whole of it again, at most `ATTEMPTS` times in all.
        """
        attempt = 1
        while True:
            try:
                with Session(self.writer, expire_on_commit=False) as session, session.begin():
                    return work(session)
            except OperationalError as error:
                if attempt == ATTEMPTS or error_code(error) not in RETRIED:
                    raise
            time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - only a jitter
            attempt += 1

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session on the read engine; nothing written in it is kept."""
        with Session(self.reader, autoflush=False) as session:
            yield session


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


def init_app(app: Flask, settings: Settings) -> None:
    app.extensions["database"] = Database(settings)


def database() -> Database:
    """Return the database of the current application."""
    found: Database = current_app.extensions["database"]
    return found
