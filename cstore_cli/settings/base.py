"""What all settings share: unknown keys are faults, values never change."""

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


def fault_at(message: str, *place: str | int) -> PydanticCustomError:
    """What a validator raises to name a place further in: keys and list positions."""
    return PydanticCustomError(
        "fault_at", "{message}", {"message": message, "at": place}
    )


class Settings(BaseModel):
    """Base of every settings class; the docstring under a key is its help."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
    )
