"""The command line ``rongtu``: every command answers in words or, with ``--json``, in JSON.

Results go to standard output, progress and errors to standard error. Bad usage or input ends with
one line and exit code 2.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from app.cli import (
    access,
    circles,
    claims,
    coverage,
    data,
    importing,
    isochrones,
    ledger,
    scenarios,
    siting,
    units,
    visits,
)
from app.cli.common import commands
from geo.errors import RongtuError

__all__ = ["commands", "main"]

FAMILIES = (data, importing, coverage, circles, access, isochrones, scenarios, siting, visits, units, ledger, claims)
"""Importing a module of commands is what registers them."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; errors that a person can act on become one line and exit code 2."""
    try:
        commands.main(args=arguments, prog_name="rongtu", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        raise SystemExit(2) from None
    except (click.ClickException, RongtuError) as error:
        said = error.format_message() if isinstance(error, click.ClickException) else str(error)
        click.echo("rongtu: " + " ".join(said.split()), err=True)
        raise SystemExit(2) from None
    except (click.Abort, KeyboardInterrupt):
        click.echo("rongtu: 已停止 (stopped)", err=True)
        raise SystemExit(130) from None

