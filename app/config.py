"""The settings of one running program, from the environment (prefix ``RONGTU_``)."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where the data is and where the pages are served.

    Built by whoever starts the program, never at import.
    """

    model_config = SettingsConfigDict(env_prefix="RONGTU_", extra="ignore", frozen=True)

    store: str = "var/rongtu.db"
    host: str = "127.0.0.1"
    port: int = Field(default=8501, ge=1, le=65535)
