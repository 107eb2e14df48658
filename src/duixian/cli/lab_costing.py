"""`duixian lab cost`: what a policy costs on a register."""

from __future__ import annotations

import click

from duixian.cli.lab_request import LabAsked, lab_options, read_budget
from duixian.cli.options import Failure


@click.command(short_help="一项政策要花多少钱 / What a policy costs.")
@click.argument("policy")
@click.option("--budget", metavar="SUM", help="预算，如 1亿元 / a budget, such as 1亿元.")
@lab_options
def cost(policy: str, budget: str | None, asked: LabAsked) -> None:
    """Work out what POLICY costs the applicants of a register, and who gets it.

    算出 POLICY 对登记表里的申报主体要花多少钱、给谁、哪些封顶起作用、预算缺多少。

    POLICY is an id, a title or the folder of a pack. The policy must be in force on the day (--on), or a draft
    with --if-adopted. Exit code 2: the input or the request is wrong. 1: a file cannot be written. 130: stopped.
    """
    from duixian.engine.assess import RequestError
    from duixian.lab.costing import cost as work_out
    from duixian.lab.report.cost import cost_report
    from duixian.register.problems import InputError

    fen = read_budget(budget, asked.lang)
    vocabulary, found = asked.vocabulary(policy), asked.policy(policy)
    request, register = asked.request(found, vocabulary), asked.open(vocabulary)
    try:
        with asked.telling() as tell:
            result = work_out(found, register, request, fen, tell)
    except InputError as error:
        raise Failure(error.text(asked.lang)) from None
    except (RequestError, OverflowError) as error:
        raise Failure(str(error)) from None
    words = asked.words(vocabulary, found)
    asked.deliver(cost_report(result, register, words), words)
