"""The `duixian` command: one module for each family of questions that people and scripts ask."""

from __future__ import annotations

import os

import click

from duixian.cli.asking import ask
from duixian.cli.assessing import assess
from duixian.cli.auditing import audit
from duixian.cli.backups import backup, restore
from duixian.cli.checking import check, coverage
from duixian.cli.founding import found
from duixian.cli.importing import import_
from duixian.cli.lab import lab
from duixian.cli.listing import policies, schema, show, vocabulary
from duixian.cli.planning import plan
from duixian.cli.register import template
from duixian.cli.registers import register
from duixian.cli.serving import serve


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="duixian", prog_name="duixian")
def main() -> None:
    """What a support policy gives an applicant, how much, and why.

    兑现：政策能给什么、给多少、为什么。
    """
    # Arrow's own allocator gives memory back after 10 ms, and the system clears the same pages for the next batch:
    # a tenth of the time of a register. It looks at this when it is loaded.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


for _command in (
    assess,
    ask,
    plan,
    import_,
    register,
    template,
    policies,
    show,
    vocabulary,
    check,
    coverage,
    schema,
    lab,
    audit,
    serve,
    found,
    backup,
    restore,
):
    main.add_command(_command)

__all__ = ["main"]
