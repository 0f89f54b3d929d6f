"""The OpenAPI 3.1 description, made from the declared operations, and a page to read it."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Flask, Response, current_app, json, render_template
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from web.access import public
from web.api import JSON, Operation
from web.errors import Problem

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
REFERENCES = "#/components/schemas/{model}"

blueprint = Blueprint("openapi", __name__)


def describe(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of the application's declared operations."""
    found = list(operations(app))
    models = {m for _, _, op in found for m in (op.body, op.query, op.answer) if m}
    _, definitions = models_json_schema(
        [(model, mode_of(model, found)) for model in sorted(models, key=lambda m: m.__name__)],
        ref_template=REFERENCES,
    )
    paths: dict[str, dict[str, Any]] = {}
    for rule, method, declared in found:
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule)
        paths.setdefault(path, {})[method] = describe_operation(app, rule, declared, definitions)
    return {
        "openapi": "3.1.0",
        "info": {"title": app.config["API_TITLE"], "version": app.config["VERSION"]},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": definitions.get("$defs", {}) | {"Problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def operations(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    for rule in app.url_map.iter_rules():
        declared = getattr(app.view_functions[rule.endpoint], "operation", None)
        if declared:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method.lower(), declared


def mode_of(model: type[BaseModel], found: list[tuple[Rule, str, Operation]]) -> Any:
    return "serialization" if any(op.answer is model for _, _, op in found) else "validation"


def describe_operation(
    app: Flask, rule: Rule, declared: Operation, definitions: dict[str, Any]
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": rule.endpoint.rpartition(".")[2],
        "summary": declared.summary,
        "parameters": list(parameters(rule, declared, definitions)),
        "responses": describe_answers(app, declared),
    }
    if declared.body:
        schema = {"$ref": REFERENCES.format(model=declared.body.__name__)}
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    elif declared.body_type != JSON:
        schema = {"type": "string"}
        content = {declared.body_type: {"schema": schema}}
        described["requestBody"] = {"required": True, "content": content}
    if declared.access != "public":
        described["security"] = [{"token": []}]
    return described


def parameters(rule: Rule, declared: Operation, definitions: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in sorted(rule.arguments):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    if declared.query:
        schema = definitions["$defs"][declared.query.__name__]
        for name, property_schema in schema["properties"].items():
            required = name in schema.get("required", [])
            yield {"name": name, "in": "query", "required": required, "schema": property_schema}


def describe_answers(app: Flask, declared: Operation) -> dict[str, Any]:
    """Given an operation, return its responses: the good one, its own problems, and the common ones."""
    good: dict[str, Any] = {"description": "Done"}
    if declared.answer:
        schema: dict[str, Any] = {"$ref": REFERENCES.format(model=declared.answer.__name__)}
        good["content"] = {declared.answer_type: {"schema": schema}}
    elif declared.answer_type != JSON:
        good["content"] = {declared.answer_type: {"schema": {"type": "string"}}}
    answers = {str(declared.status): good}
    for exception in declared.problems:
        problem: Problem = app.extensions["problems"][exception]
        answers[str(problem.status)] = describe_problem(problem.title)
    if declared.access != "public":
        answers["401"] = describe_problem("The token is missing or not valid")
    if declared.access == "write":
        answers["403"] = describe_problem("The token may only read")
    if declared.body or declared.query or declared.body_type != JSON:
        answers["422"] = describe_problem("The input is not valid")
    answers["default"] = describe_problem("Any other problem")
    return answers


def describe_problem(title: str) -> dict[str, Any]:
    schema = {"$ref": REFERENCES.format(model="Problem")}
    return {"description": title, "content": {"application/problem+json": {"schema": schema}}}


@blueprint.get("/api/openapi.json")
@public
def document() -> Response:
    return Response(json.dumps(describe(current_app), indent=2), mimetype=JSON)


@blueprint.get("/-/api")
@public
def page() -> str:
    return render_template(
        "api.html",
        document=describe(current_app),
        problems=sorted(
            {p.kind: p for p in current_app.extensions["problems"].values()}.values(),
            key=lambda p: (p.status, p.kind),
        ),
    )


def init_app(app: Flask, *, title: str) -> None:
    app.config["API_TITLE"] = title
    app.register_blueprint(blueprint)
