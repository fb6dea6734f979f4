"""What all settings share: unknown keys are faults, values never change."""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Base of every settings class; the docstring under a key is its help."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True
    )
