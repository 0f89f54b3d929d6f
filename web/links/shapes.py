"""What comes in and goes out: the shapes of the API's and the forms' data."""

from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from web.inputs import Input, Moment
from web.links.models import NOTE_MAX, Link
from web.links.statistics import Clicks, Unit


def printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("a note holds no control characters or line breaks")
    return text


Note = Annotated[str, Field(max_length=NOTE_MAX), AfterValidator(printable)]


class NewLink(Input):
    """What a link is made from; without a slug it gets a random one."""

    target: str
    slug: str | None = None
    note: Note = ""
    expires_at: Moment | None = None


class LinkChange(Input):
    target: str | None = None
    note: Note | None = None
    expires_at: Moment | None = None


class LinkQuery(Input):
    q: str = Field("", max_length=200)
    after: str | None = Field(None, max_length=64)
    limit: int = Field(50, ge=1, le=200)


class ClicksQuery(Input):
    since: Moment | None = Field(None, alias="from")
    until: Moment | None = Field(None, alias="to")
    unit: Unit = "day"


class LinkOutput(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    slug: str
    target: str
    note: str
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    retired_at: AwareDatetime | None
    humans: int = 0
    bots: int = 0

    @classmethod
    def of(cls, link: Link, clicks: Clicks = Clicks()) -> Self:  # noqa: B008 - it is immutable
        return cls.model_validate(link).model_copy(update=clicks._asdict())


class LinkList(BaseModel):
    items: list[LinkOutput]
    next: str | None


class SpanOutput(BaseModel):
    start: AwareDatetime
    humans: int
    bots: int


class ReferrerOutput(BaseModel):
    host: str
    clicks: int


class ClicksOutput(BaseModel):
    humans: int
    bots: int
    series: list[SpanOutput]
    referrers: list[ReferrerOutput]


class ImportOutput(BaseModel):
    created: int
    skipped: int
