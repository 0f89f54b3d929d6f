"""Errors: the one place where what went wrong becomes an answer.

Under /api it is RFC 9457 problem+json, elsewhere an HTML page. Verbs raise named exceptions that
know no HTTP; whoever defines them registers their problems here.
"""

import json
from dataclasses import dataclass, field

from flask import Flask, Response, current_app, render_template, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from web.engines import is_unavailable
from web.logs import request_id

RETRY_AFTER_SECONDS = 5


@dataclass(frozen=True)
class Problem:
    """One kind of problem: `kind` is the stable last part of its type URI."""

    status: int
    kind: str
    title: str
    members: dict[str, object] = field(default_factory=dict)


UNAVAILABLE = Problem(503, "unavailable", "The database does not answer just now; please try again")
UNEXPECTED = Problem(500, "unexpected", "Something went wrong on our side")


class InvalidInputError(Exception):
    """What came in does not fit; `errors` holds a pointer and a detail for each fault."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{e['pointer']}: {e['detail']}" for e in errors))


def register_problem(app: Flask, exception: type[Exception], problem: Problem) -> None:
    """Answer with `problem` wherever a view lets `exception` out; its text becomes the detail."""
    app.extensions["problems"][exception] = problem
    app.register_error_handler(exception, lambda error: answer(problem, str(error)))


def problem_of(exception: type[Exception]) -> Problem:
    """Return the problem that was registered for `exception`."""
    found: Problem = current_app.extensions["problems"][exception]
    return found


def answer(problem: Problem, detail: str | None = None, **members: object) -> Response:
    """Given a problem, return the answer in the form that the path calls for."""
    if request.path.startswith("/api/"):
        response = problem_json(problem, detail, members)
    else:
        response = problem_page(problem, detail, request_id())
    response.cache_control.no_store = True
    if problem.status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def problem_page(problem: Problem, detail: str | None, identity: str | None = None) -> Response:
    page = render_template("error.html", problem=problem, detail=detail, request_id=identity)
    return Response(page, problem.status, mimetype="text/html")


def problem_json(problem: Problem, detail: str | None, members: dict[str, object]) -> Response:
    body: dict[str, object] = {
        "type": f"/-/api#{problem.kind}" if problem.kind else "about:blank",
        "title": problem.title,
        "status": problem.status,
    }
    if detail:
        body["detail"] = detail
    if identity := request_id():
        body["request_id"] = identity
    return Response(
        json.dumps(body | problem.members | members),
        problem.status,
        mimetype="application/problem+json",
    )


def answer_http_error(error: HTTPException) -> Response:
    code = error.code or 500
    if code < 400:  # a redirect that routing raised is an answer already
        return Response(status=code, headers=list(error.get_headers()))
    response = answer(Problem(code, "", error.name), error.description)
    response.headers.extend(
        (name, value)
        for name, value in error.get_headers()
        if name.lower() not in ("content-type", "content-length")
    )
    return response


def answer_invalid_input(error: InvalidInputError) -> Response:
    problem = Problem(422, "invalid-input", "The input is not valid")
    return answer(problem, str(error), errors=error.errors)


def answer_database_error(error: DBAPIError | PoolTimeoutError) -> Response:
    if isinstance(error, DBAPIError) and not is_unavailable(error):
        return answer_unexpected(error)
    current_app.logger.warning("the database is unavailable: %s", error)
    return answer(UNAVAILABLE)


def answer_unexpected(error: Exception) -> Response:
    current_app.logger.error("unexpected error", exc_info=error)
    if current_app.debug:
        raise error  # the interactive debugger shows it
    return answer(UNEXPECTED)


def init_app(app: Flask) -> None:
    app.extensions["problems"] = {}
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(InvalidInputError, answer_invalid_input)
    app.register_error_handler(DBAPIError, answer_database_error)
    app.register_error_handler(PoolTimeoutError, answer_database_error)
    app.register_error_handler(Exception, answer_unexpected)
