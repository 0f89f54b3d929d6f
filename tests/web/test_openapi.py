from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from web.openapi import describe, operations


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if "$ref" in node else set()
        return own.union(*(references(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(references(value) for value in node))
    return set()


def test_the_document_describes_every_operation(app: Flask) -> None:
    described = {(path, method) for path, methods in describe(app)["paths"].items() for method in methods}
    assert len(described) == len(list(operations(app)))
    assert ("/api/links/{slug}", "patch") in described


def test_every_reference_in_the_document_leads_somewhere(app: Flask) -> None:
    document = describe(app)
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) <= known


def test_operation_ids_are_unique(app: Flask) -> None:
    ids = [op["operationId"] for methods in describe(app)["paths"].values() for op in methods.values()]
    assert len(ids) == len(set(ids))


def test_an_operation_that_needs_a_token_says_so(app: Flask) -> None:
    for methods in describe(app)["paths"].values():
        for operation in methods.values():
            assert operation["security"] == [{"token": []}]
            assert "401" in operation["responses"]


def test_the_readable_page_shows_every_path_and_problem(app: Flask, client: FlaskClient) -> None:
    page = client.get("/-/api").text
    for path in describe(app)["paths"]:
        assert path in page
    for problem in app.extensions["problems"].values():
        assert f'id="{problem.kind}"' in page


def test_the_document_is_served_as_json(client: FlaskClient) -> None:
    answer = client.get("/api/openapi.json")
    assert answer.mimetype == "application/json"
    assert answer.json is not None
    assert answer.json["openapi"] == "3.1.0"
