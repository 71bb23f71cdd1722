"""The root of every error that is meant to be read by a person, and those of the mathematics."""

from __future__ import annotations


class RongtuError(Exception):
    """Something that the person in front of the screen can act on; the message says how."""


class ParameterError(RongtuError, ValueError):
    """A parameter lies outside what the analysis is defined for."""


class ExtentError(RongtuError, ValueError):
    """The coordinates do not make a region that can be measured in metres."""


class NetworkError(RongtuError, ValueError):
    """The roads do not make a network."""
