"""`duixian lab compare`: two policies on the same applicants."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from duixian.cli.lab_request import LabAsked, lab_options
from duixian.cli.options import Failure, fail

if TYPE_CHECKING:
    from duixian.lab.comparing import Side
    from duixian.language.vocabulary import Vocabulary


@click.command(short_help="两项政策比较 / Two policies: who gains, who loses.")
@click.argument("a")
@click.argument("b")
@click.option("--on-b", metavar="DATE", help="乙的申报日（默认同甲）/ the day for B (that of A).")
@click.option(
    "--reading-b",
    multiple=True,
    metavar="ID=CHOICE",
    help="乙的解释口径（默认同甲）/ readings for B (those of A).",
)
@lab_options
def compare(a: str, b: str, on_b: str | None, reading_b: tuple[str, ...], asked: LabAsked) -> None:
    """Compare A with B on a register: winners and losers, the largest moves, which measures drive them.

    比较 A 和 B：谁得到更多、谁更少，变动最大的主体，由哪些措施造成。

    A and B are ids, titles or folders: two policies, two versions of one, or one policy twice with another
    --reading-b. For policies of two cities every applicant is taken to stand in the policy's own city.
    Exit code 2: the input or the request is wrong. 1: a file cannot be written. 130: stopped.
    """
    from duixian.engine.assess import RequestError
    from duixian.lab.comparing import compare as work_out
    from duixian.lab.report.compare import compare_report
    from duixian.register.problems import InputError

    vocabulary = asked.vocabulary(a, b)
    first = _side(asked, a, vocabulary)
    second = _side(replace(asked, on=on_b or asked.on, reading=reading_b or asked.reading), b, vocabulary)
    if first == second:
        fail(
            asked.lang,
            "甲和乙完全相同：请给出另一政策，或用 --reading-b、--on-b 说明乙有何不同",
            "A and B are the same: name another policy, or say with --reading-b or --on-b what B has otherwise",
        )
    register = asked.open(vocabulary)
    try:
        with asked.telling() as tell:
            result = work_out(first, second, register, tell)
    except InputError as error:
        raise Failure(error.text(asked.lang)) from None
    except (RequestError, OverflowError) as error:
        raise Failure(str(error)) from None
    words, other = asked.words(vocabulary, first.policy), asked.words(vocabulary, second.policy)
    asked.deliver(compare_report(result, register, words, other), words)


def _side(asked: LabAsked, given: str, vocabulary: Vocabulary) -> Side:
    from duixian.lab.comparing import Side

    policy = asked.policy(given)
    if policy.kind != "draft":
        asked = replace(asked, if_adopted=None)
    return Side(policy, asked.request(policy, vocabulary))
