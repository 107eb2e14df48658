"""Puts the C of a set of policies together: runtime, tables, functions; and says what it must be given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from duixian.engine.kernel import shared
from duixian.engine.kernel.emit import Emitter
from duixian.engine.kernel.functions import Functions
from duixian.engine.kernel.lanes import write_lanes
from duixian.engine.kernel.measures import MeasureWriter
from duixian.engine.kernel.passing import passing_tables, write_assess
from duixian.engine.kernel.resting import standing_tables
from duixian.engine.kernel.slots import Column, NotNativeError, Slots
from duixian.language.policy import Policy
from duixian.language.vocabulary import Vocabulary

_C = Path(__file__).resolve().parent / "c"
_CALL = re.compile(r"\b(\w+)\(")
_NEEDED = {
    "payment": ("measure", "record", "amount", "paid"),
    "decision": ("measure", "record", "amount", "selected", "decided"),
}


@dataclass(frozen=True)
class Program:
    """The C of a set of policies, and what it is given by number at run time.

    `measures` are (policy, measure) by number, `names` the measure ids without repetition, in the order of
    the codes that are written.
    """

    sources: tuple[str, ...]
    slots: Slots
    measures: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    lanes: bool


def make_program(policies: Sequence[Policy], vocabulary: Vocabulary) -> Program:
    """Write the C of policies. Raises NotNativeError where they use what has no native code."""
    slots = Slots(vocabulary)
    found = [(policy, measure) for policy in policies for measure in policy.measures if measure.claimable]
    measures = [shared.Numbered(number, *pair) for number, pair in enumerate(found)]
    names = tuple(
        dict.fromkeys(
            name for item in measures for name in (item.measure.id, f"{item.policy.id}/{item.measure.id}")
        )
    )
    if len(names) > 2000 or not measures:
        raise NotNativeError("so many measures (or none)")
    defines = _known_records(slots, names)
    functions = Functions(slots, names, tuple(policy.id for policy in policies))
    makers, kept = [], [0]
    for policy in policies:
        own = [item for item in measures if item.policy.id == policy.id]
        makers += [MeasureWriter(functions, policy, item.measure, item.number).write() for item in own]
        kept.append(functions.fixed)
    shared.write_relations(functions, policies)
    shared.write_bounds(functions, policies, measures)
    functions.add("void assess(K *k, i64 row)", write_assess(functions, measures, makers))
    out = Emitter()
    with out.block("switch (c->measure)"):
        for item in measures:
            out.line(f"case {item.number}: again{item.number}(k, row, c, told); break;")
    functions.add("void again(K *k, i64 row, const Claim *c, const u64 *told)", out)
    out = Emitter()
    with out.block("switch (c->measure)"):
        for item in measures:
            out.line(f"case {item.number}: return moves{item.number}(k, row, c, bit, open);")
    out.line("return SAME;")
    functions.add("Moved moves(K *k, i64 row, const Claim *c, u64 bit, u64 *open)", out)
    laned = write_lanes(functions, policies, measures)
    lanes: list[str] = []
    if laned:
        lanes = [_part("lanes"), _part("lanes_groups"), *laned.tables, _part("lanes_run"), *laned.functions]
    same = (
        *(_part(name) for name in ("values", "calendar", "lists")),
        *passing_tables(slots, measures),
        f"#define FIXED {functions.fixed}",
        f"#define CLAIMABLE {len(measures)}",
        *defines,
        *shared.tables(policies, measures),
        *standing_tables(policies),
        f"static const int FIXED_OF[{len(kept)}] = {{{','.join(map(str, kept))}}};",
        *(_part(name) for name in ("claims", "judging")),
    )
    first, second = _halves(functions.texts)
    rest = (*(_part(name) for name in ("overlap", "run")), *lanes, _part("encode"), _part("batch"))
    sources = tuple("\n".join(text) for text in ((*same, *first), (*same, *second, *rest)))
    ids = tuple(dict.fromkeys(item.measure.id for item in measures))
    pairs = tuple((item.policy.id, item.measure.id) for item in measures)
    return Program(sources, slots, pairs, ids, bool(laned))


def _halves(functions: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part functions into two halves, to be compiled side by side: a function calls those before it only."""
    half, size, cut = sum(map(len, functions)) / 2, 0, 0
    while size < half:
        size += len(functions[cut])
        cut += 1
    called = set(_CALL.findall("\n".join(functions[cut:])))
    first, second = [], []
    for text in functions[:cut]:
        name = _CALL.search(text)
        shared = name is not None and name[1] in called
        first.append(f"{'HIDDEN' if shared else 'static'} {text}")
        if shared:
            second.append(f"HIDDEN {text.partition(' {')[0]};")
    second += [f"static {text}" for text in functions[cut:]]
    return first, second


def _part(name: str) -> str:
    return (_C / f"{name}.h").read_text(encoding="utf-8")


def _known_records(slots: Slots, names: tuple[str, ...]) -> list[str]:
    """Return the definitions under which the runtime finds payments and decisions, if the vocabulary has them."""
    kinds = list(slots.vocabulary.entities)
    lines = [f"#define PROJECT {kinds.index('project') if 'project' in kinds else -1}"]
    for entity, fields in _NEEDED.items():
        known = slots.vocabulary.entities.get(entity)
        if known is None:
            continue
        if not set(fields) <= set(known.fields):
            raise NotNativeError(f"{entity} without {', '.join(fields)}")
        big = entity.upper()
        lines.append(f"#define L_{big} {slots.list(entity)}")
        lines.append(f"#define C_{big}_MEASURE {slots.add(Column(entity, 'measure', 'name', names))}")
        lines.append(f"#define C_{big}_ID {slots.column(entity, 'id')}")
        for field in fields[1:]:
            lines.append(f"#define C_{big}_{field.upper()} {slots.column(entity, field)}")
    return lines
