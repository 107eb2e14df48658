"""`duixian lab targets`: how far a plan's figures are, by a register."""

from __future__ import annotations

import datetime as dt

import click

from duixian.cli.lab_request import LabAsked, plan_options
from duixian.cli.options import Failure, fail, read_day


@click.command(short_help="计划目标完成多少 / How far a plan's targets are.")
@click.argument("policy")
@plan_options
def targets(policy: str, asked: LabAsked) -> None:
    """Measure the numeric targets of POLICY's plan on a register: reached, not reached, or not to be told.

    用登记表计量 POLICY 的计划目标：已达到、未达到，或资料不足、不能断定；登记表答不了的，说明原因。

    A target is measured as of --on, or of its deadline if that is earlier. What is not known of applicants makes a
    lower and an upper bound, never a silent zero. Exit code 2: the input or the request is wrong. 1: a file
    cannot be written. 130: stopped.
    """
    from duixian.lab.report.targets import targets_report
    from duixian.lab.targets import targets as work_out
    from duixian.register.problems import InputError

    vocabulary, found = asked.vocabulary(policy), asked.policy(policy)
    on = read_day(asked.on, asked.lang) if asked.on else dt.date.today()
    if not any(target.kind == "target" for target in found.targets):
        short = found.short.text(asked.lang)
        fail(asked.lang, f"{short}没有计划目标（plan.yaml）", f"{short} has no targets (plan.yaml)")
    register = asked.open(vocabulary)
    try:
        with asked.telling() as tell:
            result = work_out(found, register, on, tell)
    except InputError as error:
        raise Failure(error.text(asked.lang)) from None
    words = asked.words(vocabulary, found)
    asked.deliver(targets_report(result, register, words), words)
