"""Writes the C that goes through the measures for an applicant, and passes over those that surely give nothing."""

from __future__ import annotations

from collections.abc import Sequence

from duixian.engine.kernel.emit import Emitter
from duixian.engine.kernel.functions import Functions
from duixian.engine.kernel.measures import BITS
from duixian.engine.kernel.shared import Numbered, row_of, words_of
from duixian.engine.kernel.slots import NotNativeError, Slots, word_code


def passing_tables(slots: Slots, measures: Sequence[Numbered]) -> list[str]:
    """Return the tables of the measures that are asked, by the applicant's kind and by type of record.

    `FOR_KIND` has a row for each code of a kind, from -2 (known to be none) and -1 (not known) on.
    """
    if len(slots.lists) > BITS:
        raise NotNativeError("so many types of record")
    enum = slots.vocabulary.entities["applicant"].fields["kind"].type.of
    codes = range(-2, len(slots.vocabulary.enums[enum]))
    for_kind = [
        row_of((item.number for item in measures if _asks(slots, item, code)), measures) for code in codes
    ]
    lists = [slots.lists.get(item.measure.per, -1) for item in measures]
    own = [
        row_of((m for m, number in enumerate(lists) if number == list), measures)
        for list in slots.lists.values()
    ]
    words = -(-len(measures) // BITS)
    return [
        f"#define LISTS {len(slots.lists)}",
        f"#define MEASURE_WORDS {words}",
        f"static const u64 FOR_KIND[{len(codes)}][MEASURE_WORDS] = {{{','.join(for_kind)}}};",
        f"static const u64 FOR_LIST[LISTS + 1][MEASURE_WORDS] = {{{','.join([*own, '{0}'])}}};",
    ]


def write_assess(functions: Functions, measures: Sequence[Numbered], makers: Sequence[str]) -> Emitter:
    """Write the body of `assess`.

    Not asked at all is a measure for other kinds of applicant, for records of which the applicant has none, or
    with a condition on the applicant that fails, if it could have one claim only: that is counted when a run ends
    (batch.h). If it has records the measure is shut: its claims are counted, not worked out. Where everything
    is written, every measure is asked.
    """
    slots, out = functions.slots, Emitter()
    words = range(-(-len(measures) // BITS))
    alone = words_of((item.number for item in measures if item.measure.per == "applicant"), measures)
    out.line(f"k->kind = f_code(k, {slots.column('applicant', 'kind')}, row);")
    out.line("if (k->over) return;")
    for word in words:
        out.line(f"u64 asked{word} = ~0ull, shut{word} = 0, once{word} = 0;")
    with out.block("if (!k->all)"):
        out.line("if (row >= k->until) note_lists(k, row);")
        out.line("const u64 some = k->some[row - k->noted];")
        for word in words:
            out.line(f"asked{word} = {alone[word]}ull; once{word} = ~0ull;")
        with out.block("for (u64 may = k->may[row - k->noted]; may; may &= may - 1)"):
            out.line("const int l = __builtin_ctzll(may);")
            out.line("const u64 full = -(some >> l & 1);")
            for word in words:
                out.line(f"asked{word} |= FOR_LIST[l][{word}]; once{word} &= ~(FOR_LIST[l][{word}] & full);")
        for word in words:
            out.line(f"asked{word} &= FOR_KIND[k->kind + 2][{word}];")
        for test, numbers in _gates(functions, measures):
            masks = {word: mask for word, mask in enumerate(words_of(numbers, measures)) if mask}
            any = " | ".join(f"asked{word} & ~shut{word} & {mask}ull" for word, mask in masks.items())
            with out.block(f"if (({any}) && {test}(k, row, NO_RECORD, (D){{0, 0}}) == 0)"):
                for word, mask in masks.items():
                    out.line(f"asked{word} &= ~({mask}ull & once{word}); shut{word} |= {mask}ull;")
    for word in words:
        out.line(f"k->passed[{word}] = ~asked{word}; k->shut[{word}] = shut{word};")
    for number, maker in enumerate(makers):
        out.line(f"if (asked{number // BITS} >> {number % BITS} & 1) {maker}(k, row);")
    return out


def _gates(functions: Functions, measures: Sequence[Numbered]) -> list[tuple[str, list[int]]]:
    """Return the conditions that rest on the applicant alone and their measures, those of most measures first."""
    found: dict[str, list[int]] = {}
    for item in measures:
        for condition in item.measure.conditions:
            test = functions.expression(item.policy, condition.test, "T")
            if functions.kept_number(test) is not None:
                found.setdefault(test, []).append(item.number)
    return sorted(found.items(), key=lambda gate: -len(gate[1]))


def _asks(slots: Slots, item: Numbered, code: int) -> bool:
    """Whether a measure is for applicants of a kind; one that is not known may be any."""
    enum = slots.vocabulary.entities["applicant"].fields["kind"].type.of
    words = {word_code(slots.vocabulary, item.policy, enum, word) for word in item.measure.to}
    return not words or code == -1 or code in words
