"""What comes in: models that refuse what they do not know, and say what is wrong with the rest."""

from pydantic import BaseModel, ConfigDict, ValidationError

from web.errors import InvalidInputError


class Input(BaseModel):
    """A body, query, form or row: unknown members are refused, and a number is not taken for a text."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


def invalid_input(error: ValidationError) -> InvalidInputError:
    """Given pydantic's error, return ours: a JSON pointer and a sentence for each fault."""
    return InvalidInputError(
        [
            {"pointer": "/" + "/".join(str(part) for part in fault["loc"]), "detail": fault["msg"]}
            for fault in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    )
