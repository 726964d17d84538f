"""What every branch of the settings tree is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]


class Group(BaseModel):
    """A branch of the tree."""

    model_config = ConfigDict(extra="forbid", frozen=True)
