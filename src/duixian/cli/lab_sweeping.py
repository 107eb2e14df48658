"""`duixian lab sweep`: what a policy costs as its parameters change."""

from __future__ import annotations

import click

from duixian.cli.lab_request import LabAsked, lab_options, read_budget
from duixian.cli.options import Failure
from duixian.cli.progress import AGAIN, stoppable


@click.command(short_help="参数变动时花多少钱 / What if its figures change.")
@click.argument("policy")
@click.option(
    "--vary",
    multiple=True,
    required=True,
    metavar="NAME=FROM..TO/STEP",
    help="如 software-rnd.cap=50万元..200万元/10万元，或逐一列出 / or a list; may be repeated.",
)
@click.option("--budget", metavar="SUM", help="找出守住预算的设定 / find the setting that meets a budget.")
@lab_options
def sweep(policy: str, vary: tuple[str, ...], budget: str | None, asked: LabAsked) -> None:
    """Work out what POLICY costs and whom it reaches as its literals take other values.

    让 POLICY 的参数在一个范围内变动，算出各方案的成本和惠及面；给出预算时找出预算以内的方案。

    A literal is named by its address: `duixian lab sweep POLICY --vary ?=1` names the nearest; one figure that the
    pack writes twice is a.1+a.2. Sums, shares, counts, days and periods (6个月) can be varied. Every variant must
    pass the checks of a pack. With --budget and one range of up to a million steps the largest setting that keeps
    within it is found (the smallest, if a larger one costs less). A sweep of a Parquet register that was stopped
    goes on where it was when the same is asked again. Exit code 2: the input or the request is wrong. 1: a file
    cannot be written. 130: stopped.
    """
    from duixian.engine.assess import RequestError
    from duixian.lab.report.sweep import sweep_report
    from duixian.lab.sweeping import sweep as work_out
    from duixian.lab.variants import MOST, MOST_STEPS, VariantError, read_vary
    from duixian.register.problems import InputError

    fen = read_budget(budget, asked.lang)
    vocabulary, found = asked.vocabulary(policy), asked.policy(policy)
    try:
        # One range in which a budget is looked for may have far more settings than can be tried.
        most = MOST if fen is None or len(vary) > 1 else MOST_STEPS
        varies = [read_vary(text, found, most) for text in vary]
        request, register = asked.request(found, vocabulary), asked.open(vocabulary)
        with stoppable(asked.lang, *(AGAIN if register.path else ())), asked.telling() as tell:
            result = work_out(found, register, request, varies, fen, tell)
    except VariantError as error:
        raise Failure(error.what.text(asked.lang)) from None
    except InputError as error:
        raise Failure(error.text(asked.lang)) from None
    except RequestError as error:
        raise Failure(str(error)) from None
    words = asked.words(vocabulary, found)
    asked.deliver(sweep_report(result, register, words), words)
