"""Writes the C that goes through the measures for an applicant, and passes over those that surely give nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from duixian.engine.kernel.emit import Emitter
from duixian.engine.kernel.shared import Numbered
from duixian.engine.kernel.slots import Slots, word_code

_BITS = 64


def write_assess(slots: Slots, measures: Sequence[Numbered], makers: Sequence[str]) -> Emitter:
    """Write the body of `assess`.

    A measure for other kinds of applicant, or for records of which the applicant has none, is not asked at all:
    its claims are counted when a run ends, as those that were not asked (batch.h). Where everything is written,
    every measure is asked.
    """
    out, words = Emitter(), -(-len(measures) // _BITS)
    out.line(f"u64 asked[{words}];")
    out.line(f"for (int w = 0; w < {words}; w++) asked[w] = ~0ull;")
    with out.block("if (!k->all)"):
        if any(item.measure.to for item in measures):
            _by_kind(slots, measures, out, words)
        for entity in dict.fromkeys(item.measure.per for item in measures if item.measure.per != "applicant"):
            number = slots.list(entity)
            own = [item.number for item in measures if item.measure.per == entity]
            empty = f"k->lst[{number}].off[row] == k->lst[{number}].off[row + 1]"
            with out.block(f"if ({empty} && list_whole(&k->lst[{number}], row))"):
                for word, mask in _words(own, words).items():
                    out.line(f"asked[{word}] &= ~{mask}ull;")
    out.line(f"for (int w = 0; w < {words}; w++) k->asked[w] = asked[w];")
    for number, maker in enumerate(makers):
        out.line(f"if (asked[{number // _BITS}] >> {number % _BITS} & 1) {maker}(k, row);")
    return out


def _by_kind(slots: Slots, measures: Sequence[Numbered], out: Emitter, words: int) -> None:
    """Write which measures are for the applicant's kind: all if it is not known."""
    column = slots.column("applicant", "kind")
    out.line(f"i32 kind = f_code(k, {column}, row);")
    enum = slots.vocabulary.entities["applicant"].fields["kind"].type.of
    kinds = list(slots.vocabulary.enums[enum])
    with out.block("switch (kind)"):
        for code in (-2, *range(len(kinds))):
            others = [
                item.number
                for item in measures
                if item.measure.to
                and code
                not in {word_code(slots.vocabulary, item.policy, enum, word) for word in item.measure.to}
            ]
            masks = " ".join(
                f"asked[{word}] &= ~{mask}ull;" for word, mask in _words(others, words).items() if mask
            )
            out.line(f"case {code}: {masks} break;")


def _words(numbers: Sequence[int], words: int) -> Mapping[int, int]:
    """Return a set of measures as words of bits."""
    return {
        word: sum(1 << number % _BITS for number in numbers if number // _BITS == word)
        for word in range(words)
    }
