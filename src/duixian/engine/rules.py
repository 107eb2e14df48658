"""Policies compiled for one applicant at a time: closures, static words and the readings each part uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from duixian.engine import words
from duixian.engine.compiling import compile_node
from duixian.engine.context import Context
from duixian.engine.near import NearRule
from duixian.engine.showing import Show, bare, shower
from duixian.engine.staging import Staging, compile_staging
from duixian.language import policy as p
from duixian.language import tree as t
from duixian.language.vocabulary import Vocabulary

Code = Callable[[Context], Any]


@dataclass(frozen=True, slots=True)
class Test:
    """A compiled condition with the facts it shows.

    `key` numbers the tests of a policy, `same` its expressions: tests that share it differ in words or place
    only. `fixed`: it rests on the applicant alone, so it is the same for all its claims; `reads`: the readings
    it rests on.
    """

    id: str
    texts: tuple[str, str]
    node: t.AnyNode
    code: Code
    show: Show
    at: str
    key: int
    same: int
    fixed: bool
    reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sums:
    """Compiled terms."""

    terms: p.Terms
    amount: Code | None
    least: Code | None
    options: tuple[Code, ...]
    caps: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled measure."""

    measure: p.Measure
    policy: p.Policy
    at: str
    which: Code | None
    guard: tuple[str, str] | None
    tests: tuple[Test, ...]
    sums: Sums
    instead: tuple[tuple[Code, Sums], ...]
    apply_by: Code | None
    event: str
    project: str
    evidence: tuple[str, ...]
    names: tuple[str, str]
    says: words.Own
    staging: Staging | None
    near: NearRule
    which_reads: frozenset[str]
    sum_reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rules:
    """One policy compiled; `implements` are the policies of which it carries out a measure."""

    policy: p.Policy
    measures: tuple[Rule, ...]
    starts: Code | None
    ends: Code | None
    validity_readings: tuple[str, ...]
    shared_readings: Mapping[str, frozenset[str]]
    overlap: tuple[tuple[p.Overlap, Code | None], ...]
    bounds: tuple[tuple[p.Bound, Code, Code | None], ...]
    implements: frozenset[str]


def compile_policy(policy: p.Policy, vocabulary: Vocabulary) -> Rules:
    """Compile a policy; claims of measures with nothing to claim are left out."""
    validity = [node for node in (policy.starts, policy.ends) if node is not None]
    tests = _Tests(_readings(validity))
    return Rules(
        policy,
        tuple(_rule(measure, policy, vocabulary, tests) for measure in policy.measures if measure.claimable),
        _maybe(policy.starts),
        _maybe(policy.ends),
        tests.validity,
        _shared(policy, tests.validity),
        tuple((item, _maybe(item.when)) for item in policy.overlap),
        tuple(_bound(item) for item in policy.bounds),
        frozenset(name.rpartition("/")[0] for item in policy.measures for name in item.implements),
    )


def _shared(policy: p.Policy, validity: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Return the readings on which overlap and bounds rest, each with the measures whose claims it concerns."""
    found: dict[str, frozenset[str]] = {}
    every = frozenset(measure.id for measure in policy.measures)
    for over, nodes in (
        *((every, (item.when,)) for item in policy.overlap),
        *((frozenset(item.over), (item.when, item.ceiling, item.at_most)) for item in policy.bounds),
    ):
        for name in _readings((node for node in nodes if node is not None), validity):
            found[name] = found.get(name, frozenset()) | over
    return found


class _Tests:
    """The conditions of a policy compiled so far, and the readings on which its first and last day rest."""

    def __init__(self, validity: tuple[str, ...]) -> None:
        self.validity = validity
        self.known: dict[tuple[int, str], Test] = {}
        self.compiled: dict[Any, tuple[int, Code, Show]] = {}

    def get(self, condition: p.Condition, measure: p.Measure) -> Test:
        """Return the compiled condition; measures that inherit one condition of the policy share it."""
        at = condition.at[0] if condition.at else measure.at
        key = (id(condition), at)
        if key not in self.known:
            self.known[key] = self.test(condition, at)
        return self.known[key]

    def test(self, condition: p.Condition, at: str) -> Test:
        """Return a new test; conditions that say the same in several places share the compiled expression."""
        node = condition.test
        expression = bare(node)
        if expression not in self.compiled:
            self.compiled[expression] = (len(self.compiled), compile_node(node), shower(node))
        same, code, show = self.compiled[expression]
        fixed = not any(
            (isinstance(part, t.Record) and part.of in ("claim", "previous"))
            or isinstance(part, t.First)
            or (isinstance(part, t.Builtin) and part.name == "event_day")
            for part in t.walk(node)
        )
        reads = frozenset(_readings([node], self.validity))
        texts = (condition.label.zh, condition.label.en)
        return Test(condition.id, texts, node, code, show, at, len(self.known), same, fixed, reads)


def _maybe(node: t.AnyNode | None) -> Code | None:
    return None if node is None else compile_node(node)


def _bound(bound: p.Bound) -> tuple[p.Bound, Code, Code | None]:
    most = bound.ceiling if bound.ceiling is not None else bound.at_most
    assert most is not None
    return bound, compile_node(most), _maybe(bound.when)


def _readings(nodes: Iterable[t.AnyNode], validity: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the readings on which nodes rest; what names the policy's days rests on those of its validity."""
    found: dict[str, None] = {}
    for node in nodes:
        for part in t.walk(node):
            if isinstance(part, t.Chosen):
                found[part.id] = None
            elif isinstance(part, t.Builtin) and part.name in ("starts", "ends"):
                found.update(dict.fromkeys(validity))
    return tuple(found)


def _rule(measure: p.Measure, policy: p.Policy, vocabulary: Vocabulary, tests: _Tests) -> Rule:
    fields = vocabulary.entities[measure.per].fields
    return Rule(
        measure,
        policy,
        measure.at,
        _maybe(measure.which),
        _guard(measure.which),
        tuple(tests.get(condition, measure) for condition in measure.conditions),
        _sums(measure.terms),
        tuple((compile_node(item.when), _sums(item.terms)) for item in measure.instead),
        _maybe(measure.apply_by),
        vocabulary.entities[measure.per].event,
        "project" if "project" in fields else "",
        _evidence(measure, vocabulary),
        (measure.id, f"{policy.id}/{measure.id}"),
        words.own(measure, vocabulary),
        compile_staging(measure),
        NearRule(measure),
        frozenset(_readings([measure.which] if measure.which is not None else [], tests.validity)),
        frozenset(_readings(_sum_nodes(measure), tests.validity)),
    )


def _guard(which: t.AnyNode | None) -> tuple[str, str] | None:
    """Return (field, word) if the measure speaks only of records with that word there: a quick way to say no."""
    for part in which.parts if isinstance(which, t.And) else (which,):
        if isinstance(part, t.Compare) and part.operator == "==" and isinstance(part.right, t.Word):
            fact = part.left
            if isinstance(fact, t.Get) and isinstance(fact.record, t.Record) and fact.record.of == "claim":
                return fact.field, part.right.name
    return None


def _sum_nodes(measure: p.Measure) -> Iterable[t.AnyNode]:
    for terms in (measure.terms, *(item.terms for item in measure.instead)):
        yield from (
            node for node in (terms.amount, terms.least, *terms.options, *terms.caps) if node is not None
        )
    yield from (item.when for item in measure.instead)


def _sums(terms: p.Terms) -> Sums:
    return Sums(
        terms,
        _maybe(terms.amount),
        _maybe(terms.least),
        tuple(compile_node(node) for node in terms.options),
        tuple(compile_node(node) for node in terms.caps),
    )


def _evidence(measure: p.Measure, vocabulary: Vocabulary) -> tuple[str, ...]:
    nodes = [condition.test for condition in measure.conditions]
    nodes += [node for node in (measure.which, measure.terms.amount, *measure.terms.caps) if node is not None]
    found: dict[str, None] = {}
    for node in nodes:
        for part in t.walk(node):
            if isinstance(part, t.Get):
                known = vocabulary.field(part.path)
                if known is not None and known.proof:
                    found[known.proof] = None
    found.update(dict.fromkeys(measure.evidence))
    return tuple(found)
