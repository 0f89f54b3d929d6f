"""What every answer has, whatever the view."""

import pytest
from flask.testing import FlaskClient


def test_the_front_page_shows_the_message(client: FlaskClient) -> None:
    assert "<h1>Hello World!</h1>" in client.get("/").text


def test_a_living_process_answers_without_its_database(client: FlaskClient) -> None:
    assert client.get("/livez").status_code == 200


def test_without_its_database_it_is_not_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "reason": "the database does not answer"}


def test_the_version_is_told(client: FlaskClient) -> None:
    assert client.get("/version").json == {"version": "test"}


@pytest.mark.parametrize("path", ["/", "/-/api", "/livez", "/-/nowhere", "/api/nowhere"])
def test_answers_carry_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"


def test_the_front_page_sets_no_cookie_and_does_not_vary_by_one(client: FlaskClient) -> None:
    headers = client.get("/").headers
    assert "Set-Cookie" not in headers
    assert "Vary" not in headers


def test_an_error_under_api_is_problem_json_with_the_request_id(client: FlaskClient) -> None:
    answer = client.get("/api/nowhere", headers={"X-Request-ID": "abc123"})
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == 404
    assert answer.json["request_id"] == "abc123"


def test_an_error_elsewhere_is_a_page_with_the_request_id(client: FlaskClient) -> None:
    answer = client.get("/-/nowhere", headers={"X-Request-ID": "abc123"})
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "abc123" in answer.text


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.put("/api/openapi.json")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_foreign_host_is_refused(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_an_unavailable_database_is_503_with_a_time_to_try_again(client: FlaskClient) -> None:
    answer = client.get("/api/links", headers={"Authorization": "Bearer 1.x"})
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    assert "nonexistent" not in answer.text


def test_without_a_token_the_api_says_how_to_send_one(client: FlaskClient) -> None:
    answer = client.get("/api/links")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")
