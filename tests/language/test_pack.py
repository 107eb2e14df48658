"""A pack's folder loaded into one checked policy: files, inheritance, overrides, names, other policies."""

import datetime as dt
from pathlib import Path

import pytest
from tests.language.test_bad import BASE, laid_over

from duixian.language import tree as t
from duixian.language.pack import (
    companion_folder,
    known_policies,
    load_pack,
    load_policies,
    pack_files,
    pack_folders,
)
from duixian.language.policy import Policy
from duixian.language.problems import PackError
from duixian.language.vocabulary import load_vocabulary, shared_vocabulary

SAMPLE = BASE.parents[1] / "packs" / "sample-policy"


def loaded(tmp_path: Path, *changes: tuple[str, str, str], **files: str) -> Policy:
    """The base pack after (kind, old, new) changes and with files of its own. Raises PackError."""
    return load_pack(written(tmp_path, *changes, **files))


def written(tmp_path: Path, *changes: tuple[str, str, str], **files: str) -> Path:
    pack = laid_over(BASE, tmp_path)
    for kind, old, new in changes:
        path = pack / f"{kind}.yaml"
        text = path.read_text("utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), "utf-8")
    for kind, text in files.items():
        (pack / f"{kind}.yaml").write_text(text, "utf-8")
    return pack


def test_the_base_pack(tmp_path: Path) -> None:
    policy = loaded(tmp_path)
    assert (policy.id, policy.kind, policy.city, policy.issued) == (
        "base",
        "issued",
        "420100",
        dt.date(2022, 4, 28),
    )
    assert (policy.title.text("zh"), policy.title.text("en")) == ("测试政策", "Test policy")
    assert policy.outline == {"首": (1,), "一": (1, 2), "二": (1, 1), "尾": (1,)}
    (measure,) = policy.measures
    assert (measure.at, measure.claimable, measure.per, measure.to) == ("一#1", True, "year", ("enterprise",))
    assert policy.measure("rnd") is measure
    assert policy.measure("none") is None
    reading = policy.reading("last_day")
    assert reading is not None
    assert (reading.default, [choice.id for choice in reading.choices]) == (
        "day_before",
        ["day_before", "anniversary"],
    )
    assert policy.reading("none") is None


def test_a_folder_of_files_is_as_good_as_one_file(tmp_path: Path) -> None:
    pack = written(tmp_path)
    text = (pack / "measures.yaml").read_text("utf-8")
    (pack / "measures").mkdir()
    (pack / "measures" / "b.yaml").write_text(text.replace("id: rnd", "id: second"), "utf-8")
    (pack / "measures" / "a.yaml").write_text(text.replace("id: rnd", "id: first"), "utf-8")
    assert [measure.id for measure in load_pack(pack).measures] == ["rnd", "first", "second"]
    assert [path.name for path in pack_files(pack, "measures")] == ["measures.yaml", "a.yaml", "b.yaml"]


def test_conditions_of_the_policy_are_inherited_or_named(tmp_path: Path) -> None:
    scope = """scope:
  local: {is: applicant.division within city, zh: 本市, en: local, at: 二#1}
  timely: {is: event_day >= starts, zh: 及时, en: in time}
readings:"""
    second = (
        BASE.joinpath("measures.yaml").read_text("utf-8").replace("id: rnd", "id: other\n  scope: [timely]")
    )
    third = second.replace("id: other\n  scope: [timely]", "id: none\n  scope: []")
    policy = loaded(
        tmp_path,
        ("policy", "readings:", scope),
        ("measures", "sum: exact\n", "sum: exact\n" + second + third),
    )
    assert [[item.id for item in measure.conditions] for measure in policy.measures] == [
        ["local", "timely", "revenue"],
        ["timely", "revenue"],
        ["revenue"],
    ]
    assert policy.scope[0].at == ("二#1",)


def test_an_override_falls_back_on_the_terms_of_the_measure(tmp_path: Path) -> None:
    overrides = """
  instead:
    - {when: year.year == 2020, right: selected, zh: 择优, en: selected}
    - {when: year.year == 2021, sum: by_reference, zh: 按规定, en: by reference}
    - {when: year.year == 2022, cap: 200万元, zh: 提高, en: higher}
    - {when: year.year == 2023, amount: 20% * year.rnd_spend, zh: 不设上限, en: no ceiling}
"""
    (measure,) = loaded(tmp_path, ("measures", "sum: exact\n", "sum: exact" + overrides)).measures
    base = measure.terms
    selected, reference, higher, other = (item.terms for item in measure.instead)
    assert (selected.right, selected.sum, selected.amount, selected.caps) == (
        "selected",
        "exact",
        base.amount,
        base.caps,
    )
    assert (reference.right, reference.sum, reference.amount) == ("entitled", "by_reference", None)
    assert (higher.amount, [node.text for node in higher.caps]) == (base.amount, ["200万元"])  # type: ignore[union-attr]
    assert other.amount != base.amount
    assert other.caps == ()


def test_named_expressions_stand_for_their_trees(tmp_path: Path) -> None:
    policy = loaded(
        tmp_path,
        ("policy", "readings:", "let:\n  share: 10%\nreadings:"),
        ("measures", "  requires:", "  let:\n    half: share * year.rnd_spend\n  requires:"),
        ("measures", "amount: 10% * year.rnd_spend", "amount: half + half"),
    )
    amount = policy.measures[0].terms.amount
    assert isinstance(amount, t.Arithmetic)
    assert amount.left is amount.right
    assert [item.parameter for item in t.constants(amount.left)] == ["let.share"]


def test_a_draft_has_no_days(tmp_path: Path) -> None:
    policy = loaded(
        tmp_path,
        ("policy", "kind: issued\nissued: 2022-04-28", "kind: draft"),
        ("policy", "starts: 2022-06-01", "starts: blank"),
    )
    assert (policy.kind, policy.issued, policy.starts) == ("draft", None, None)


def test_documents_that_are_named_but_not_here(tmp_path: Path) -> None:
    documents = """documents:
  known: {number: 一号, title: {zh: 甲, en: A}, ends: 2024-12-31}
  open: {number: 二号, title: {zh: 乙, en: B}, ends: unknown}
outline:"""
    choice = "if reading.last_day == anniversary then starts else issued"
    ends = f'ends: \'latest(end_of("known"), end_of("open"), {choice})\''
    old = 'ends: "if reading.last_day == anniversary then starts + 3年 else starts + 3年 - 1日"'
    policy = loaded(tmp_path, ("policy", "outline:", documents), ("policy", old, ends))
    assert [item.ends for item in policy.documents.values()] == [dt.date(2024, 12, 31), None]
    assert [node.id for node in t.walk(policy.ends) if isinstance(node, t.EndOf)] == ["known", "open"]  # type: ignore[arg-type]


def test_the_parts_that_no_assessment_needs_are_left_out() -> None:
    whole, part = load_pack(SAMPLE), load_pack(SAMPLE, full=False)
    assert whole.statements and whole.targets
    assert not part.statements and not part.targets
    assert part.measures == whole.measures


def test_policies_know_each_other(tmp_path: Path) -> None:
    one = written(tmp_path, ("measures", "sum: exact", "sum: exact\n  implements: [other-pack/rnd]"))
    other = one.parent / "other-pack"
    one.rename(one.parent / "first")
    one = one.parent / "first"
    other.mkdir()
    for path in one.glob("*.yaml"):
        text = path.read_text("utf-8").replace("id: base", "id: other-pack")
        (other / path.name).write_text(text.replace("\n  implements: [other-pack/rnd]", ""), "utf-8")
    assert {"first", "other-pack"} <= known_policies(one)
    assert pack_folders(one.parent) == (one, other)
    assert companion_folder(one, "other-pack") == other
    assert companion_folder(one, "invented") == one / "cases" / "invented"
    assert [policy.id for policy in load_policies([one, other])] == ["base", "other-pack"]
    (other / "measures.yaml").write_text(
        (other / "measures.yaml").read_text("utf-8").replace("id: rnd", "id: x"), "utf-8"
    )
    with pytest.raises(PackError, match="`rnd` is not a measure of other-pack"):
        load_pack(one)


def test_policies_apart_are_checked_when_they_come_together(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = written(tmp_path / "a", ("measures", "sum: exact", "sum: exact\n  implements: [far-away/rdn]"))
    two = written(tmp_path / "b", ("policy", "id: base", "id: far-away"))
    two = two.rename(two.parent / "far-away")
    with pytest.raises(PackError, match="`far-away` is not a known policy"):
        load_pack(one)
    assert load_pack(one, known=["far-away"]).measures[0].implements == ("far-away/rdn",)
    with pytest.raises(
        PackError, match=r"`far-away/rdn` is not a measure .*\n.*\n.*\n.*did you mean `far-away/rnd`"
    ):
        load_policies([one, two])


@pytest.mark.parametrize("folder", pack_folders(), ids=lambda path: path.name)
def test_installed_packs_load_whole(folder: Path) -> None:
    policy = load_pack(folder)
    assert policy.id == folder.name
    assert policy.measures and policy.outline


def test_a_vocabulary_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.yaml"
    path.write_text(
        """
evidence: {paper: {zh: 纸, en: paper}}
enums: {applicant_kind: {firm: {zh: 企业, en: firm}}, role: {lead: {zh: 牵头, en: lead}}}
entities:
  applicant:
    zh: 主体
    en: applicant
    fields: {kind: {type: enum applicant_kind, zh: 类型, en: kind, ask: {zh: 哪类？, en: Which?}, proof: paper}}
  year: {zh: 年, en: year, event: year, fields: {year: {type: year, zh: 年, en: year, required: "true"}}}
""",
        "utf-8",
    )
    vocabulary = load_vocabulary(path)
    assert list(vocabulary.records) == ["year"]
    kind = vocabulary.field("applicant.kind")
    assert kind is not None
    assert (kind.ask.zh, kind.proof, kind.required) == ("哪类？", "paper", False)
    assert vocabulary.field("nobody.kind") is vocabulary.field("applicant.x") is None
    assert vocabulary.entities["year"].fields["year"].ask.en == "Which year?"


ENUMS = "applicant_kind: {firm: {zh: 企业, en: firm}}, role: {lead: {zh: 牵头, en: lead}}"
KIND = "kind: {type: enum applicant_kind, zh: 类型, en: kind}"
GOOD = (
    f"{{evidence: {{}}, enums: {{{ENUMS}}}, entities: {{applicant: {{zh: 甲, en: A, fields: {{{KIND}}}}}}}}}"
)


def test_the_smallest_vocabulary(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.yaml"
    path.write_text(GOOD, "utf-8")
    assert list(load_vocabulary(path).entities) == ["applicant"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (GOOD, "", "empty: the vocabulary is empty"),
        ("evidence: {}, ", "", "missing-key: the vocabulary needs the key `evidence`"),
        ("applicant_kind: {firm", "kinds: {firm", "a vocabulary needs the enum `applicant_kind`"),
        ("kind: {type", "sort: {type", "a vocabulary needs the entity `applicant` with a field `kind`"),
        ("en: A", "en: A, event: day", "`applicant` has no field `day`"),
        ("enum applicant_kind", "monny", "`monny` is not a type\n"),
        ("enum applicant_kind", "enum kinds", "`kinds` is not known"),
        ("enum applicant_kind", "enum applicant_kind, proof: paper", "this evidence is not listed"),
        ("role: {lead", "in: {lead", "`in` has a meaning of its own"),
    ],
)
def test_a_bad_vocabulary_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = tmp_path / "vocabulary.yaml"
    path.write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(PackError) as caught:
        load_vocabulary(path)
    assert told in str(caught.value)


def test_the_shared_vocabulary_is_read_once() -> None:
    assert shared_vocabulary() is shared_vocabulary()
    assert "applicant" not in shared_vocabulary().records
