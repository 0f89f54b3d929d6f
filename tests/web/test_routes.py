"""Tests that walk the URL map: a new route is covered on the day it is written."""

from flask import Flask

from web.access import stated_access
from web.links.slugs import RESERVED, is_slug


def test_every_route_states_who_may_call_it(app: Flask) -> None:
    silent = [
        rule.rule for rule in app.url_map.iter_rules() if not stated_access(app.view_functions[rule.endpoint])
    ]
    assert silent == []


def test_no_slug_can_take_a_path_of_the_application(app: Flask) -> None:
    first_segments = {
        rule.rule.split("/")[1].split(".")[0]
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith("/<")
    }
    free = {segment for segment in first_segments if is_slug(segment)} - RESERVED
    assert free - {"robots"} == set()


def test_the_pages_anyone_may_call_are_these(app: Flask) -> None:
    public = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if stated_access(app.view_functions[rule.endpoint]) == "public"
    }
    assert public == {
        "/",
        "/<slug>",
        "/-/api",
        "/-/sign-in",
        "/-/sign-out",
        "/api/openapi.json",
        "/livez",
        "/readyz",
        "/robots.txt",
        "/static/<name>",
        "/version",
    }
