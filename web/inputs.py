"""What comes in: models that refuse what they do not know, and say what is wrong with the rest."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, ValidationError

from web.errors import InvalidInputError


class Input(BaseModel):
    """A body, query, form or row: unknown members are refused, and a number is not taken for a text."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the time is outside the years 1 to 9999") from error


# A time with its zone, which may be any; it arrives in UTC.
Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]


def invalid_input(error: ValidationError) -> InvalidInputError:
    """Given pydantic's error, return ours: a JSON pointer and a sentence for each fault."""
    return InvalidInputError(
        [
            {"pointer": "/" + "/".join(str(part) for part in fault["loc"]), "detail": fault["msg"]}
            for fault in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    )
