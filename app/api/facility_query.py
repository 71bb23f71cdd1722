"""What requests about facilities share: which of them count, and how people travel there."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from app.services.county.facilities import FacilityChoice
from geo.speeds import Mode
from layers.schema import Vocabulary
from layers.vocabulary import BUSINESS, GRADE, STATION_LEVEL, SUPPORT_KIND


def _codes(vocabulary: Vocabulary) -> dict[str, JsonValue]:
    return {"enum": [*vocabulary]}


class FacilityQuery(BaseModel):
    """What is asked; a parameter that is not listed here is refused."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode = Field(Mode.WALK, description="出行方式 Mode of travel")
    level: list[str] = Field(
        [], description="只计这些级别的服务站 Count stations of these levels only",
        json_schema_extra={"items": {"type": "string", **_codes(STATION_LEVEL)}},
    )
    grade: str | None = Field(None, description="只计此等级的服务站 Count stations of this grade only",
                              json_schema_extra=_codes(GRADE))
    kind: str | None = Field(None, description="改计此类服务点 Count support points of this kind instead",
                             json_schema_extra=_codes(SUPPORT_KIND))
    business: str | None = Field(None, description="改计此业态的服务点 Count support points of this business instead",
                                 json_schema_extra=_codes(BUSINESS))

    def choice(self) -> FacilityChoice:
        """What the service is to count.

        Raises
        ------
        ParameterError
            For codes that there are not, or that cannot be asked together.
        """
        return FacilityChoice(
            levels=tuple(self.level), grade=self.grade, support_kind=self.kind, business=self.business
        )
