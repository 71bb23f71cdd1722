"""The settings of one running program, from the environment (prefix ``RONGTU_``)."""

from __future__ import annotations

from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from geo.errors import RongtuError


class SettingsError(RongtuError, ValueError):
    """A setting cannot be meant."""


class Settings(BaseSettings):
    """Where the data is and where the pages are served.

    Built by whoever starts the program, never at import.
    """

    model_config = SettingsConfigDict(env_prefix="RONGTU_", extra="ignore", frozen=True)

    store: str = "var/rongtu.db"
    host: str = "127.0.0.1"
    port: int = Field(default=8501, ge=1, le=65535)
    points: bool = False
    """Whether pages and API show single households to whoever sits at this machine."""
    circle: str | None = None
    """What makes a full circle, as ``CircleRecipe.parse`` reads it; None: the usual."""


def read_settings(**given: Any) -> Settings:
    """Settings from the environment; what is ``given`` and not None wins.

    Raises
    ------
    SettingsError
        When one cannot be meant; the message names it.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        names = "、".join(f"RONGTU_{str(problem['loc'][0]).upper()}" for problem in error.errors())
        msg = f"设置 {names} 无法识别，请改正环境变量 (this setting cannot be meant; correct the environment)"
        raise SettingsError(msg) from None
