"""`targets`: what a plan wanted to reach, against what a register shows of it.

Each figure that the plan says how to measure becomes a measure of one fen (a yes/no) or of the sum itself, so that
the same rules and the same kernel read it as they read a policy. The few applicants whose part in a sum is not
settled are worked out by the reference, which knows the least and the greatest it can be.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, Literal

import msgspec
import numpy as np

from duixian.engine.assess import Request
from duixian.engine.batch import Kernel, compile_kernel
from duixian.engine.compiling import compile_node
from duixian.engine.context import Context, Frame
from duixian.engine.progress import Tell, silent
from duixian.engine.values import UNKNOWN, bounds, to_fen
from duixian.lab.costing import Basis, basis_of
from duixian.lab.registers import Register
from duixian.lab.tally import coded, numbers, sum_by
from duixian.language import tree as t
from duixian.language.goals import on_day
from duixian.language.policy import Condition, Goal, Measure, Place, Policy, Target, Terms
from duixian.language.problems import Position
from duixian.language.units import DATE, FLAG, MONEY
from duixian.language.vocabulary import Label
from duixian.register.columns import from_arrow

if TYPE_CHECKING:
    import pyarrow as pa

    from duixian.lab.tally import Ints

State = Literal["reached", "open", "short"]
_FEN: Final = t.Constant(type=MONEY, numerator=1, text="0.01元", parameter="fen")
_NO_WORDS: Final = Label("", "")
_PLACE: Final = Place(("#1",))
_NOWHERE: Final = Position("", 0, 0)
_BEGINNING: Final = t.Constant(type=DATE, day=dt.date(1, 1, 1), parameter="starts")
_END: Final = t.Constant(type=DATE, day=dt.date(9999, 12, 31), parameter="ends")


class Shown(msgspec.Struct, frozen=True):
    """What a register shows of a goal, in fen or in number: at least `low`, at most `high` (None: no bound).

    measure: how it was measured, with the day in it. unsettled: applicants of whom it is not known whether, or with
        how much, they count; the two bounds differ by them alone.
    """

    as_of: dt.date
    measure: t.AnyNode
    low: int
    high: int | None
    unsettled: int


class Progress(msgspec.Struct, frozen=True):
    """A goal of a target and what the register shows; `shown` is None where the plan does not say how to measure."""

    target: Target
    goal: Goal
    shown: Shown | None

    @property
    def state(self) -> State | None:
        """Return whether it is reached whatever is unknown, may be, or is not; None if it is not measured."""
        if self.shown is None or self.goal.value is None:
            return None
        wanted, low, high = self.goal.value.value, self.shown.low, self.shown.high
        assert isinstance(wanted, int)
        if self.goal.figure.than == "at_most":
            return "reached" if high is not None and high <= wanted else "open" if low <= wanted else "short"
        least = wanted + (self.goal.figure.than == "over")
        return "reached" if low >= least else "open" if high is None or high >= least else "short"


class Targets(msgspec.Struct, frozen=True):
    """A plan's figures against a register: `measured` in the order of the plan, then those that are not.

    wordless: targets of the plan that have no figure at all.
    """

    basis: Basis
    measured: tuple[Progress, ...]
    unmeasured: tuple[Progress, ...]
    wordless: tuple[Target, ...]


def targets(policy: Policy, register: Register, on: dt.date, progress: Tell = silent) -> Targets:
    """Measure the goals of a policy's plan on a register, which is read once, as of a day or of their deadlines.

    Raises:
        InputError: the register cannot be read.
    """
    planned = [target for target in policy.targets if target.kind == "target"]
    goals = [(target, goal) for target in planned for goal in target.goals]
    asked = [_Asked(number, target, goal, on) for number, (target, goal) in enumerate(goals) if goal.value]
    kernel = None
    if asked:
        counter = _Counter(asked, policy, register, on)
        kernel = counter.kernel
        for batch in register.batches([kernel], progress=progress):
            counter.add(batch)
    return Targets(
        basis_of(policy, register, Request(on=on), register.rows, kernel),
        tuple(item.progress() for item in asked),
        tuple(Progress(target, goal, None) for target, goal in goals if not goal.value),
        tuple(target for target in planned if not target.goals),
    )


class _Asked:
    """A goal, and what was counted of it so far."""

    def __init__(self, number: int, target: Target, goal: Goal, on: dt.date) -> None:
        assert goal.measure is not None
        self.id = f"goal-{number}"
        self.target, self.goal = target, goal
        self.as_of = min(on, target.by) if target.by else on
        self.told = on_day(goal.measure, self.as_of, self.id)
        self.node = _candidates(self.told)
        self.counts = self.node.type.kind == "flag"
        self.code = compile_node(self.node)
        self.low, self.high, self.unsettled = 0, 0, 0
        self.bounded = True

    @property
    def measure(self) -> Measure:
        """Return it as a measure: an applicant that counts gets one fen, or as many as it adds."""
        node = self.node
        tests = (Condition("counts", node, _NO_WORDS, _NOWHERE),) if self.counts else ()
        amount: t.AnyNode = _FEN if self.counts else node
        if not self.counts and node.type.kind == "count":
            amount = t.Arithmetic(type=MONEY, operator="*", left=node, right=_FEN)
        terms = Terms("entitled", "exact", amount)
        return Measure(self.id, _PLACE, _NO_WORDS, terms, _NOWHERE, per="applicant", conditions=tests)

    def settled(self, amount: int) -> None:
        self.low += amount
        self.high += amount

    def unsettle(self, low: int, high: int | None, applicants: int = 1) -> None:
        self.low += low
        self.high += high or 0
        self.bounded = self.bounded and high is not None
        self.unsettled += applicants

    def listed(self, batch: pa.RecordBatch, rows: Ints) -> list[int]:
        """Return those of the open rows that have records to add up; the others have none that is known."""
        import pyarrow.compute as pc

        if not isinstance(self.told, t.Aggregate):
            return list(map(int, rows))
        lists = pc.struct_field(batch[self.told.entity], "items")
        some = pc.list_value_length(lists).to_numpy(zero_copy_only=False)[rows] > 0
        empty = int(np.count_nonzero(~some))
        if empty:
            self.unsettle(0, None, empty)
        return list(map(int, rows[some]))

    def progress(self) -> Progress:
        high = self.high if self.bounded else None
        return Progress(self.target, self.goal, Shown(self.as_of, self.told, self.low, high, self.unsettled))


def _candidates(node: t.AnyNode) -> t.AnyNode:
    """Return a sum over records with what it asks of the applicant asked first.

    Of an applicant who cannot count, the records that a list may lack do not matter.
    """
    if not isinstance(node, t.Aggregate) or node.function not in ("sum", "count") or node.where is None:
        return node
    parts = node.where.parts if isinstance(node.where, t.And) else (node.where,)
    own = tuple(part for part in parts if not any(_of_record(item) for item in t.walk(part)))
    rest = tuple(part for part in parts if part not in own)
    if not own:
        return node
    where = t.And(type=FLAG, parts=rest) if rest else None
    inner = msgspec.structs.replace(node, where=where)
    nothing = t.Constant(type=node.type, text="0", parameter="nothing")
    return t.If(type=node.type, condition=t.And(type=FLAG, parts=own), yes=inner, no=nothing)


def _of_record(node: t.AnyNode) -> bool:
    return isinstance(node, t.Record) and node.of == "each"


class _Counter:
    """Counts the goals over batches."""

    def __init__(self, asked: list[_Asked], policy: Policy, register: Register, on: dt.date) -> None:
        self.asked = {item.id: item for item in asked}
        plan = Policy(
            # Not the policy's own: decisions in the register name measures of that one.
            f"{policy.id}.plan",
            policy.title,
            policy.short,
            policy.number,
            policy.issuer,
            policy.city,
            "issued",
            policy.issued,
            _PLACE,
            _BEGINNING,
            _END,
            _PLACE,
            tuple(item.measure for item in asked),
        )
        self.plan = plan
        self.request = Request(on=on)
        self.vocabulary = register.vocabulary
        self.kernel: Kernel = compile_kernel([plan], register.vocabulary)
        self.days = {"on": on, "city": policy.city, "issued": policy.issued or UNKNOWN}
        self.events = {name: entity.event for name, entity in register.vocabulary.records.items()}

    def add(self, batch: pa.RecordBatch) -> None:
        """Add the applicants of a batch."""
        found = self.kernel.run(batch, self.request, readings=False)
        for item in self.asked.values():
            if item.counts:
                eligible, open_ = (
                    found.counts.get((self.plan.id, item.id, verdict), 0)
                    for verdict in ("eligible", "undetermined")
                )
                item.settled(eligible)
                item.unsettle(0, open_, open_)
        codes, words = coded(found.claims["measure"])
        verdicts, names = coded(found.claims["verdict"])
        rows, sums = numbers(found.claims["row"]), numbers(found.claims["min_fen"])
        settled = verdicts == names.index("eligible")
        left: dict[int, list[_Asked]] = {}
        for place, word in enumerate(words):
            if word in self.asked and not self.asked[word].counts:
                item = self.asked[word]
                whole = sums[(codes == place) & settled]
                item.settled(sum_by(whole, np.zeros(len(whole), np.int64), 1)[0])
                for row in item.listed(batch, rows[(codes == place) & ~settled]):
                    left.setdefault(row, []).append(item)
        self._unsettled(batch, left)

    def _unsettled(self, batch: pa.RecordBatch, left: dict[int, list[_Asked]]) -> None:
        """Add what the reference knows of the applicants whose part in a sum is open."""
        if not left:
            return
        columns = [name for name in self.kernel.columns if name in batch.schema.names]
        rows = batch.select(columns).take(list(left))
        for applicant, items in zip(from_arrow(rows, self.vocabulary), left.values(), strict=True):
            frame = Frame(applicant, self.request.on, self.events)
            for item in items:
                low, high = bounds(item.code(Context(frame, self.days, {})))
                item.unsettle(to_fen(low or 0), None if high is None else to_fen(high))
