"""The API under ``/api``: what there is, and how much of the county it reaches."""

from app.api.application import create_api

__all__ = ["create_api"]
