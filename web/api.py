"""Declaring an API operation: who may call it, what goes in, what comes out, what can go wrong.

    @blueprint.post("/notes")
    @operation("Write a note", access="write", body=NewNote, answer=NoteOutput, status=201)
    def create_note(body: NewNote) -> Answer: ...

The view gets its path arguments, `body` and `query` already validated; the same declaration is what
`web.openapi` describes.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Response, abort, g, request
from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from web.access import Access, state_access
from web.db import database
from web.errors import Problem, register_problem
from web.inputs import invalid_input
from web.security import csrf
from web.tokens import InvalidTokenError, Scope, ScopeError, Token, authenticate

Answer = BaseModel | Response | tuple[BaseModel, dict[str, str]] | None
View = Callable[..., Answer]
Model = TypeVar("Model", bound=BaseModel)

JSON = "application/json"


@dataclass(frozen=True)
class Operation:
    """What one operation promises."""

    summary: str
    access: Access
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: type[BaseModel] | None
    status: int
    problems: tuple[type[Exception], ...]
    body_type: str
    answer_type: str


def operation(
    summary: str,
    *,
    access: Access,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answer: type[BaseModel] | None = None,
    status: int = 200,
    problems: tuple[type[Exception], ...] = (),
    body_type: str = JSON,
    answer_type: str = JSON,
) -> Callable[[View], Callable[..., Response]]:
    """Make a view an operation; `problems` are registered exceptions that it may let out."""
    declared = Operation(summary, access, body, query, answer, status, problems, body_type, answer_type)

    def declare(view: View) -> Callable[..., Response]:
        @functools.wraps(view)
        def call(**arguments: Any) -> Response:
            if access != "public":
                g.token = require_token("write" if access == "write" else "read")
            if body is not None:
                arguments["body"] = read_body(body)
            if query is not None:
                arguments["query"] = read_query(query)
            return respond(view(**arguments), status)

        call.operation = declared  # type: ignore[attr-defined]
        csrf.exempt(call)  # a token in a header is nothing that a browser sends by itself
        return state_access(call, access)

    return declare


def current_token() -> Token:
    """Return the token that the operation at hand was called with."""
    token: Token = g.token
    return token


def require_token(scope: Scope) -> Token:
    """Return the caller's token; raises Unauthorized, or ScopeError when it may only read."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized("Send a token: Authorization: Bearer …", www_authenticate=challenge())
    try:
        token = authenticate(database(), text.strip())
    except InvalidTokenError as error:
        raise Unauthorized(str(error), www_authenticate=challenge()) from error
    if not token.may(scope):
        raise ScopeError(f"the token {token.name!r} may only read; this needs the scope write")
    return token


def challenge() -> WWWAuthenticate:
    return WWWAuthenticate("bearer", {"realm": "api"})


def read_body(model: type[Model]) -> Model:
    """Parse the request's JSON body; raises InvalidInputError, or answers 415 for another type."""
    if request.mimetype != JSON:
        abort(415, f"Send {JSON}, not {request.mimetype or 'an unnamed type'}")
    try:
        return model.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        raise invalid_input(error) from error


def read_query(model: type[Model]) -> Model:
    """Parse the query string; raises InvalidInputError."""
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise invalid_input(error) from error


def respond(result: Answer, status: int) -> Response:
    """Given what a view returned, return the response; API answers are never stored."""
    headers: dict[str, str] = {}
    if isinstance(result, tuple):
        result, headers = result
    if isinstance(result, Response):
        response = result
    elif result is None:
        response = Response(status=204)
        del response.headers["Content-Type"]
    else:
        response = Response(result.model_dump_json(), status, headers, mimetype=JSON)
    response.cache_control.no_store = True
    return response


def init_app(app: Flask) -> None:
    register_problem(app, ScopeError, Problem(403, "scope", "The token may not do this"))
