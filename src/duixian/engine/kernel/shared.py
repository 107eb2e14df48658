"""Writes the C of what claims of an applicant share: conflict relations, bounds, and their keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from duixian.engine.kernel.emit import Emitter
from duixian.engine.kernel.functions import Functions
from duixian.engine.kernel.measures import BITS
from duixian.engine.kernel.slots import NotNativeError, word_code
from duixian.language.policy import Bound, Measure, Overlap, Policy

_TOLD = 31
_CARRIES_OUT = 30


@dataclass(frozen=True)
class Numbered:
    """A measure with its number and its policy."""

    number: int
    policy: Policy
    measure: Measure


def words_of(numbers: Iterable[int], measures: Sequence[Numbered]) -> list[int]:
    """Return a set of measures as words of bits."""
    every = sum(1 << number for number in set(numbers))
    return [every >> at & (1 << BITS) - 1 for at in range(0, len(measures), BITS)]


def row_of(numbers: Iterable[int], measures: Sequence[Numbered]) -> str:
    """Return the C of a row of a table whose rows are sets of measures."""
    return f"{{{','.join(f'{word}ull' for word in words_of(numbers, measures))}}}"


def relations(policies: Sequence[Policy]) -> list[tuple[Policy, Overlap]]:
    """Return all conflict relations in the order of their numbers."""
    return [(policy, item) for policy in policies for item in policy.overlap]


def bounds(policies: Sequence[Policy]) -> list[tuple[Policy, Bound]]:
    """Return all bounds in the order of their numbers."""
    return [(policy, item) for policy in policies for item in policy.bounds]


def _partner(policy: Policy, relation: Overlap, own: Numbered, other: Numbered) -> bool:
    if own.policy.id != policy.id:
        return False
    if own.policy.id == other.policy.id:
        named = not relation.between or {own.measure.id, other.measure.id} <= set(relation.between)
        return named and "document" in relation.partners
    if relation.between:
        return False
    city = "city" in relation.partners and own.policy.city == other.policy.city
    return city or other.policy.id in relation.partners


def _pair(a: Numbered, b: Numbered, known: Sequence[tuple[Policy, Overlap]]) -> int:
    """Return by bits which relations may part two measures' claims, and whether one is the other told again."""
    if a.policy.id == b.policy.id:
        stacks = a.measure.id in b.measure.in_addition_to or b.measure.id in a.measure.in_addition_to
        if a.measure.id == b.measure.id or stacks:
            return 0
    mask = 0
    for own, other in ((b, a), (a, b)):
        if f"{other.policy.id}/{other.measure.id}" in own.measure.implements:
            mask |= 1 << _TOLD
            mask |= 1 << _CARRIES_OUT if own is a else 0
    for own, other in ((a, b), (b, a)):
        for number, (policy, relation) in enumerate(known):
            if _partner(policy, relation, own, other):
                mask |= 1 << number
    return mask


def tables(policies: Sequence[Policy], measures: Sequence[Numbered]) -> list[str]:
    """Return the tables that `overlap.h` and `run.h` read."""
    known, limits = relations(policies), bounds(policies)
    if len(known) > _CARRIES_OUT or len(limits) > 64:
        raise NotNativeError("so many relations or bounds")
    order = {policy.id: number for number, policy in enumerate(policies)}
    ids = list(dict.fromkeys(item.measure.id for item in measures))
    pairs = ["{" + ",".join(str(_pair(a, b, known)) + "u" for b in measures) + "}" for a in measures]
    paired = [row_of((b.number for b in measures if _pair(a, b, known)), measures) for a in measures]
    matter = sum(1 << n for n, (_, item) in enumerate(known) if item.same == "matter")
    year = sum(1 << n for n, (_, item) in enumerate(known) if item.period != "ever")
    over = [
        sum(
            1 << n
            for n, (policy, bound) in enumerate(limits)
            if policy.id == item.policy.id and item.measure.id in bound.over
        )
        for item in measures
    ]
    whole = sum(1 << n for n, (_, bound) in enumerate(limits) if set(bound.per) <= {"applicant"})
    count = max(1, len(measures))
    return [
        f"static const i16 POLICY_OF[{count}] = {{{','.join(str(order[i.policy.id]) for i in measures)}}};",
        f"static const i16 NAME_OF[{count}] = {{{','.join(str(ids.index(i.measure.id)) for i in measures)}}};",
        f"static const u32 PAIR[{count}][{count}] = {{{','.join(pairs)}}};",
        f"static const u64 PAIRED[{count}][MEASURE_WORDS] = {{{','.join(paired)}}};",
        f"#define TOLD (1u << {_TOLD})",
        f"#define CARRIES_OUT (1u << {_CARRIES_OUT})",
        f"#define RELATION_MATTER {matter}u",
        f"#define RELATION_YEAR {year}u",
        f"#define BOUNDS {(1 << len(limits)) - 1}ull",
        f"#define BOUNDS_WHOLE {whole}ull",
        f"static const u64 BOUNDS_OF[{count}] = {{{','.join(f'{mask}ull' for mask in over)}}};",
    ]


def write_relations(functions: Functions, policies: Sequence[Policy]) -> None:
    """Write the function that says which relations hold for an applicant, and which may."""
    out = Emitter()
    out.line("*surely = *maybe = 0;")
    out.line("i64 rec = NO_RECORD; D ev = {0, 0}; T held, own;")
    vocabulary = functions.slots.vocabulary
    out.line("i32 kind = k->kind;")
    enum = vocabulary.entities["applicant"].fields["kind"].type.of
    for number, (policy, item) in enumerate(relations(policies)):
        out.line("held = 1;")
        if item.only:
            mask = sum(1 << word_code(vocabulary, policy, enum, word) for word in item.only)
            out.line(f"held = kind == -1 ? 2 : kind >= 0 && ({mask}ull >> kind & 1);")
        if item.when is not None:
            when = functions.expression(policy, item.when, "T", keep=False)
            out.line(f"if (held) {{ own = {when}(k, row, rec, ev); if (own != 1) held = own; }}")
        out.line(f"if (held == 1) *surely |= 1u << {number}; else if (held) *maybe |= 1u << {number};")
    functions.add("void relations(K *k, i64 row, u32 *surely, u32 *maybe)", out)


def write_bounds(functions: Functions, policies: Sequence[Policy], measures: Sequence[Numbered]) -> None:
    """Write what each bound comes to, and whether two claims are under one and the same."""
    value, same, named = Emitter(), Emitter(), Emitter()
    value.line("i64 rec = NO_RECORD; D ev = {0, 0}; N n; T held = 1;")
    for number, (policy, bound) in enumerate(bounds(policies)):
        most = bound.ceiling if bound.ceiling is not None else bound.at_most
        assert most is not None
        with value.block(f"if (b == {number})"):
            if bound.when is not None:
                when = functions.expression(policy, bound.when, "T", keep=False)
                value.line(f"held = {when}(k, row, rec, ev);")
            value.line("if (!held) return (Bound){0};")
            value.line(f"n = {functions.expression(policy, most, 'N')}(k, row, rec, ev);")
            limit = int(bound.ceiling is None)
            if limit:
                value.line("if (n.f & 1 && n.lo.n < 0) k->over = 1;")
            low, high = "n.f & 1 ? floorq(n.lo) : 0", "n.f & 2 ? floorq(n.hi) : 0"
            value.line(f"return (Bound){{held, {limit}, n.f >> 1 & 1, {low}, {high}}};")
        with same.block(f"if (b == {number})"):
            inside = [m for m in measures if m.policy.id == policy.id and m.measure.id in bound.over]
            keys = [_key(functions, number, part, name, inside) for part, name in enumerate(bound.per)]
            test = " && ".join(f"same_key({key}(k, x), {key}(k, y))" for key in keys if key)
            same.line(f"return {test or '1'};")
        names = {name for id in bound.over for name in (id, f"{policy.id}/{id}")}
        codes = [code for code, name in enumerate(functions.names) if name in names]
        named.line(f"if (b == {number}) return {' || '.join(f'code == {code}' for code in codes) or '0'};")
    value.line("return (Bound){0};")
    same.line("return 0;")
    named.line("return 0;")
    functions.add("Bound bound_value(K *k, i64 row, int b)", value)
    functions.add("int bound_same(K *k, int b, const Claim *x, const Claim *y)", same)
    functions.add("int bound_names(int b, i32 code)", named)


def _key(functions: Functions, bound: int, part: int, name: str, measures: Sequence[Numbered]) -> str:
    """Write one part of a bound's key; return the function's name, empty if all claims share it."""
    if name == "applicant":
        return ""
    out = Emitter()
    if name == "matter":
        out.line("return matter_key(c);")
    else:
        with out.block("switch (c->measure)"):
            for item in measures:
                out.line(f"case {item.number}: return {_part(functions, name, item)};")
        out.line("return (Key){0, 0, {0, 0, 0}};")
    functions.add(f"Key key{bound}_{part}(K *k, const Claim *c)", out)
    return f"key{bound}_{part}"


_YEAR = "(Key){c->has_event, c->has_event ? civil(c->event).y : 0, {0, 0, 0}}"


def _part(functions: Functions, name: str, item: Numbered) -> str:
    per, slots = item.measure.per, functions.slots
    field = name.partition(".")[2] or name
    if "." not in name:
        if name in ("record", per):
            return "id_key(c->id)"
        if name == "year":
            return _YEAR
    known = slots.vocabulary.entities[per].fields.get(field) if per != "applicant" else None
    if known is None:
        return "(Key){0, 0, {0, 0, 0}}"
    column = slots.column(per, field)
    kind = known.type.kind
    if kind in ("text", "record"):
        return f"text_key(text(&k->col[{column}], c->rec))"
    if kind == "enum":
        return f"code_key(f_code(k, {column}, c->rec))"
    if kind == "year":
        return f"year_key(f_i32(k, {column}, c->rec, 0))"
    if kind == "date":
        return f"day_key(f_date(k, {column}, c->rec))"
    raise NotNativeError(f"a bound for each {name}")
