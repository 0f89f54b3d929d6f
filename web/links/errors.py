"""What can go wrong with a link, and the problem that each becomes."""

from flask import Flask

from web.errors import Problem, register_problem


class LinkError(Exception):
    """Base of all of them."""


class UnknownLinkError(LinkError):
    """No link has this slug."""


class GoneLinkError(LinkError):
    """The link was retired or has expired; its slug stays taken."""


class SlugTakenError(LinkError):
    """Another link has, or had, this slug."""


class InvalidSlugError(LinkError):
    """The slug has a wrong shape or is the application's own."""


class InvalidTargetError(LinkError):
    """The target is not an address that a browser should be sent to."""


class InvalidExpiryError(LinkError):
    """The expiry is not in the future."""


class InvalidFileError(LinkError):
    """A CSV file has faults; the text names each with its line."""


PROBLEMS: dict[type[Exception], Problem] = {
    UnknownLinkError: Problem(404, "unknown-link", "There is no such link"),
    GoneLinkError: Problem(410, "gone-link", "This link is no longer in use"),
    SlugTakenError: Problem(409, "slug-taken", "The slug is taken"),
    InvalidSlugError: Problem(422, "invalid-slug", "The slug cannot be used"),
    InvalidTargetError: Problem(422, "invalid-target", "The target cannot be used"),
    InvalidExpiryError: Problem(422, "invalid-expiry", "The expiry cannot be used"),
    InvalidFileError: Problem(422, "invalid-file", "The file has faults; nothing was imported"),
}


def register_problems(app: Flask) -> None:
    for exception, problem in PROBLEMS.items():
        register_problem(app, exception, problem)
