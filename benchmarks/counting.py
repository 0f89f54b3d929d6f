"""A redirect that counts within the request, as most link shorteners do: what ours is compared with.

One transaction for each visit: read the target, insert the visit, add one to the counter. The same
driver, pool size, server and gunicorn settings as the application; tables in a database of its own.
"""

import os

from flask import Flask, Response, abort, request
from sqlalchemy import URL, create_engine, text

DATABASE = "counting"
SCHEMA = (
    """CREATE TABLE link (
        slug VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
        target VARCHAR(2048) NOT NULL,
        clicks BIGINT UNSIGNED NOT NULL DEFAULT 0
    )""",
    """CREATE TABLE visit (
        id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
        slug VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        visited_at DATETIME NOT NULL,
        referrer VARCHAR(255) NOT NULL,
        user_agent VARCHAR(255) NOT NULL,
        KEY (slug, visited_at)
    )""",
    "INSERT INTO link (slug, target) VALUES ('bench', 'https://example.org/benchmark')",
)
SELECT = text("SELECT target FROM link WHERE slug = :slug")
INSERT = text("INSERT INTO visit VALUES (NULL, :slug, UTC_TIMESTAMP(), :referrer, :agent)")
UPDATE = text("UPDATE link SET clicks = clicks + 1 WHERE slug = :slug")


def create_app() -> Flask:
    """Return the application; it runs in the environment of one of the stack's slots."""
    app = Flask(__name__)
    threads = int(os.environ["WEB_THREADS"])
    url = URL.create(
        "mysql+pymysql",
        username=DATABASE,
        database=DATABASE,
        query={"unix_socket": os.environ["DATABASE_HOST"]},
    )
    engine = create_engine(url, pool_size=threads, max_overflow=0)

    @app.get("/<slug>")
    def follow(slug: str) -> Response:
        with engine.begin() as connection:
            target = connection.scalar(SELECT, {"slug": slug})
            if target is None:
                abort(404)
            agent = request.user_agent.string[:255]
            visit = {"slug": slug, "referrer": (request.referrer or "")[:255], "agent": agent}
            connection.execute(INSERT, visit)
            connection.execute(UPDATE, {"slug": slug})
        return Response(status=302, headers={"Location": target})

    return app
