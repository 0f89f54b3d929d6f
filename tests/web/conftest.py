"""An application without a database: what needs one is tested in tests/stack."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from web import create_app

ENVIRONMENT = {
    "SECRET_KEY": "k" * 40,
    "DATABASE_PASSWORD": "not used",
    "DATABASE_HOST": "/nonexistent/mariadb.sock",
    "SERVER_NAMES": "localhost example.test",
    "VERSION": "test",
}


@pytest.fixture(scope="session")
def app() -> Flask:
    return create_app(ENVIRONMENT)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client
