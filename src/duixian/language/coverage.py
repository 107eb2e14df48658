"""Proves that a pack skips nothing: who claims each sentence of the source, and what each figure is.

- A sentence is claimed if a claimant names it, or if claimants name all of its clauses.
- A heading (#0) without figures says only what stands under it, so whatever claims something at its place
  or below claims it too. A heading with figures, or with nothing under it, must be named.
- Every figure must be a parameter of a claimant of its clause, or stand under `not_parameters` there.
  Names (5G) and numbers of documents need no claim.
- A locator that covers several sentences may cover no figure.
- A literal of a claimant, or a figure that it states, must be a figure of its sentences, or stand under
  `not_in_text`. Exempt are zero and the one day by which an expression steps to the day before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from duixian.language import document, locators
from duixian.language import policy as p
from duixian.language.claimants import Claimant, Parameter, claimants, plain
from duixian.language.coverage_report import Coverage, CoveredSentence, Fault, FoundFigure, needs_claim
from duixian.language.figures import Figure, figures
from duixian.language.matching import is_parameter
from duixian.language.sentences import clause_spans
from duixian.language.vocabulary import Label


def cover(policy: p.Policy, text: str) -> Coverage:
    """Compare a policy with the text of its document. Raises ValueError if a part's title begins no line."""
    source = document.split(text, _parts(policy.parts))
    known = document.outline(source)
    faults = list(_outline_faults(policy, known))
    claims = _claims(claimants(policy), known)
    sentences = tuple(_covered(sentence, claims) for sentence in source.sentences)
    for covered in sentences:
        faults += _sentence_faults(covered)
    faults += _claimant_faults(claims, sentences)
    return Coverage(policy.id, sentences, tuple(faults))


def outline_text(text: str, parts: Sequence[p.Part] = ()) -> str:
    """Return the outline of a text as it goes into policy.yaml."""
    places = document.outline(document.split(text, _parts(parts)))
    return "\n".join(["outline:", *(f"  {place}: {counts}" for place, counts in places.items())]) + "\n"


Claims = dict[Claimant, list[locators.Locator]]
"""For each claimant the single sentences and clauses that it claims, of those that the document has."""


def _parts(parts: Sequence[p.Part]) -> tuple[document.Part, ...]:
    return tuple(document.Part(part.id, part.title) for part in parts)


def _claims(found: Iterable[Claimant], known: locators.Outline) -> Claims:
    claims: Claims = {}
    for claimant in found:
        usable = [place for place in claimant.at if locators.check(place, known) is None]
        claims[claimant] = [single for place in usable for single in locators.expand(place, known)]
    return claims


def _covered(sentence: document.Sentence, claims: Claims) -> CoveredSentence:
    own = {claimant: _clauses(sentence, places) for claimant, places in claims.items()}
    own = {claimant: clauses for claimant, clauses in own.items() if clauses}
    found = figures(sentence.text)
    if not own and sentence.number == 0 and not any(map(needs_claim, found)):
        own = {claimant: _all(sentence) for claimant in _under(sentence.place, claims)}
    unclaimed = _all(sentence).difference(*own.values())
    told = tuple(_explained(figure, sentence, own) for figure in found)
    return CoveredSentence(sentence, tuple(own), tuple(sorted(unclaimed)), told)


def _all(sentence: document.Sentence) -> set[int]:
    return set(range(1, max(sentence.clauses, 1) + 1))


def _clauses(sentence: document.Sentence, places: Iterable[locators.Locator]) -> set[int]:
    """Return the clauses of a sentence that places name."""
    here = [item for item in places if (item.full_place, item.first) == (sentence.place, sentence.number)]
    if any(item.clause is None for item in here):
        return _all(sentence)
    return {item.clause for item in here if item.clause is not None}


def _under(place: str, claims: Claims) -> list[Claimant]:
    """Return who claims something at a place or below it."""
    return [
        claimant
        for claimant, places in claims.items()
        if any(_is_below(item.full_place, place) for item in places)
    ]


def _is_below(place: str, above: str) -> bool:
    """Whether a place is the other or lies below it: 二（一）1 below 二（一） and 二, 十一 not below 十."""
    rest = place.removeprefix(above)
    if rest == place or not rest:
        return place == above
    return rest[0] == "（" or (rest[0].isdigit() and not above[-1].isdigit())


def _explained(figure: Figure, sentence: document.Sentence, own: Mapping[Claimant, set[int]]) -> FoundFigure:
    spans = clause_spans(sentence.text)
    clause = next((at for at, (start, end) in enumerate(spans, 1) if start <= figure.start < end), 1)
    here = [claimant for claimant, clauses in own.items() if clause in clauses]
    known = [item for claimant in here for item in claimant.parameters if is_parameter(figure, item)]
    return FoundFigure(figure, tuple(known), next(filter(None, (item.reason(figure) for item in here)), ""))


def _outline_faults(policy: p.Policy, known: locators.Outline) -> Iterator[Fault]:
    for place in {**policy.outline, **known}:
        ours, theirs = policy.outline.get(place), known.get(place)
        if ours is None or theirs is None or list(ours) != list(theirs):
            said = ["-" if counts is None else str(list(counts)) for counts in (ours, theirs)]
            zh = f"目录不一致：政策包写{said[0]}，原文是{said[1]}"
            yield Fault(place, Label(zh, f"the outline differs: the pack has {said[0]}, the text {said[1]}"))


def _sentence_faults(covered: CoveredSentence) -> Iterator[Fault]:
    sentence = covered.sentence
    if not covered.claimants:
        yield Fault(sentence.locator, Label("没有条目认领这一句", "nothing claims this sentence"))
    elif covered.unclaimed:
        clauses = ", ".join(str(number) for number in covered.unclaimed)
        zh = f"没有条目认领这些分句：{clauses}"
        yield Fault(sentence.locator, Label(zh, f"nothing claims these clauses: {clauses}"))
    for found in covered.figures:
        if not found.claimed:
            figure = f"{found.figure.literal} ({found.figure.kind})"
            zh = f"数字 {figure} 不是任何认领条目的参数"
            yield Fault(sentence.locator, Label(zh, f"the figure {figure} is no parameter of what claims it"))


def _claimant_faults(claims: Claims, sentences: Sequence[CoveredSentence]) -> Iterator[Fault]:
    own = {claimant: [item for item in sentences if claimant in item.claimants] for claimant in claims}
    absent = {claimant: _absent(claimant, covered) for claimant, covered in own.items()}
    for claimant, covered in own.items():
        excused = {plain(literal) for literal in claimant.place.not_in_text}
        for parameter in absent[claimant]:
            if parameter.expected and plain(parameter.written) not in excused:
                zh = f"{parameter.label.zh} = {parameter.written} 在所认领的语句中找不到"
                en = f"{parameter.label.en} = {parameter.written} is no figure of its sentences"
                yield Fault(claimant.name, Label(zh, en))
        yield from _idle_reasons(claimant, own, absent)
        yield from _blanket_faults(claimant, covered)


def _absent(claimant: Claimant, covered: Iterable[CoveredSentence]) -> list[Parameter]:
    """Return the parameters of a claimant that are no figure of its sentences."""
    found = {id(parameter) for item in covered for figure in item.figures for parameter in figure.parameters}
    return [parameter for parameter in claimant.parameters if id(parameter) not in found]


def _idle_reasons(
    claimant: Claimant,
    own: Mapping[Claimant, Sequence[CoveredSentence]],
    absent: Mapping[Claimant, Sequence[Parameter]],
) -> Iterator[Fault]:
    """Yield the reasons of a place that excuse nothing (told once, by who stands at the place itself)."""
    if claimant.kind in ("condition", "bound", "overlap", "stage"):
        return
    place = claimant.place
    at_place = (item for other, covered in own.items() if other.place is place for item in covered)
    literals = {plain(found.figure.literal) for item in at_place for found in item.figures}
    missing = {
        plain(parameter.written)
        for other, parameters in absent.items()
        for parameter in parameters
        if other.place is place
    }
    idle = [("not_parameters", key) for key in place.not_parameters if plain(key) not in literals]
    idle += [("not_in_text", key) for key in place.not_in_text if plain(key) not in missing]
    for name, key in idle:
        zh, en = f"{name} 中的 {key} 没有用处", f"`{key}` under {name} is not needed"
        yield Fault(claimant.name, Label(zh, en))


def _blanket_faults(claimant: Claimant, own: Sequence[CoveredSentence]) -> Iterator[Fault]:
    for place in claimant.at:
        if place.first is not None and place.first == place.last:
            continue
        covered = [item for item in own if _names(place, item.sentence)]
        figured = [item for item in covered if any(needs_claim(found.figure) for found in item.figures)]
        if len(covered) > 1 and figured:
            where = ", ".join(item.sentence.locator for item in figured)
            zh = f"{place} 一次认领多句，其中有数字：{where}"
            en = f"{place} claims several sentences, and there are figures in {where}"
            yield Fault(claimant.name, Label(zh, en))


def _names(place: locators.Locator, sentence: document.Sentence) -> bool:
    if place.full_place != sentence.place:
        return False
    return place.first is None or place.last is None or place.first <= sentence.number <= place.last
