"""Loads packs: the files of a folder into one checked policy, and several policies into a library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from duixian.language import pack_shapes as shapes
from duixian.language import policy as p
from duixian.language.build import Builder, day, values
from duixian.language.checks import BLANK, check_policy
from duixian.language.goals import target
from duixian.language.problems import Position, Report, nearest
from duixian.language.scope import BUILTINS, Scope, Used
from duixian.language.shape import Entry, Shape, read
from duixian.language.source import Items, Mapping, Node, Scalar, read_yaml
from duixian.language.units import DATE
from duixian.language.vocabulary import POLICIES, Label, Vocabulary, label, vocabulary_of


def pack_folders(root: Path = POLICIES) -> tuple[Path, ...]:
    """Return the folders under a root that are packs, in order of their names."""
    return tuple(sorted(path.parent for path in root.glob("*/policy.yaml")))


def pack_files(folder: Path, name: str) -> tuple[Path, ...]:
    """Return the files of a pack of one kind: `measures.yaml` and those in `measures/`."""
    return tuple(
        path for path in (folder / f"{name}.yaml", *sorted((folder / name).glob("*.yaml"))) if path.is_file()
    )


def read_file(path: Path, report: Report) -> Node | None:
    """Read one file of a pack; an empty one is a problem too."""
    before = len(report.problems)
    node = read_yaml(path, report)
    if node is None and len(report.problems) == before:
        report.add(Position(str(path), 1, 1), "empty", "the file is empty", "fill it or remove it")
    return node


def _strangers(folder: Path, report: Report) -> None:
    """Report YAML files that no one would read, such as `mesures.yaml`."""
    for path in sorted((*folder.glob("*.y*ml"), *folder.glob("*/*.y*ml"))):
        kind = path.stem if path.parent == folder else path.parent.name
        if path.suffix != ".yaml" or kind not in shapes.FILES:
            hint = nearest(f"{kind}.yaml", [f"{name}.yaml" for name in shapes.FILES])
            report.add(Position(str(path), 1, 1), "unknown-file", "no pack has a file of this name", hint)


def companion_folder(folder: Path, id: str) -> Path:
    """Return the folder of a policy that a pack's cases set beside it: another pack, or one invented for them.

    An invented one lies in the pack's own `cases/ID/`; it is not installed with the packs.
    """
    beside = folder.resolve().parent / id
    return beside if (beside / "policy.yaml").is_file() else folder / "cases" / id


def load_pack(
    folder: Path, vocabulary: Vocabulary | None = None, known: Iterable[str] = (), full: bool = True
) -> p.Policy:
    """Load one pack and check all of it.

    Without a vocabulary it is that of the folder (`vocabulary_of`). `known` names further policies that it
    may refer to (its sibling folders are known anyway). With `full=False` the statements and the plan, which no
    assessment needs, are left out.
    Raises PackError with every problem of the pack.
    """
    report = Report()
    policy = build_pack(folder, report, vocabulary, known, full)
    report.raise_if_any()
    assert policy is not None
    return policy


def build_pack(
    folder: Path,
    report: Report,
    vocabulary: Vocabulary | None = None,
    known: Iterable[str] = (),
    full: bool = True,
) -> p.Policy | None:
    """As `load_pack`, with the problems in a report; the policy is as good as they leave it, None without any."""
    names = frozenset({*known, *known_policies(folder)})
    return _Pack(folder, vocabulary or vocabulary_of(folder), report, names).policy(full)


def known_policies(folder: Path) -> set[str]:
    """Return the ids of the policies that a pack may name: those beside it and the installed ones."""
    return {path.name for path in (*pack_folders(folder.resolve().parent), *pack_folders())}


def load_policies(
    folders: Sequence[Path], vocabulary: Vocabulary | None = None, full: bool = True
) -> tuple[p.Policy, ...]:
    """Load several packs and check what they say of each other. Raises PackError."""
    names = [folder.name for folder in folders]
    policies = tuple(load_pack(folder, vocabulary, names, full) for folder in folders)
    report = Report()
    measures = {f"{policy.id}/{measure.id}" for policy in policies for measure in policy.measures}
    for policy in policies:
        for measure in policy.measures:
            for other in measure.implements:
                # A pack may be loaded without its partner; only what is here can be checked.
                if other.partition("/")[0] in {item.id for item in policies} and other not in measures:
                    message = f"`{other}` is not a measure of a known policy"
                    report.add(measure.position, "unknown-policy", message, nearest(other, measures))
    report.raise_if_any()
    return policies


class _Pack:
    """The load of one folder."""

    def __init__(self, folder: Path, vocabulary: Vocabulary, report: Report, known: frozenset[str]) -> None:
        self.folder = folder
        self.vocabulary = vocabulary
        self.report = report
        self.known = known

    def read(self, name: str, shape: Shape) -> list[Any]:
        """Return what the files of one kind hold."""
        found = []
        for path in pack_files(self.folder, name):
            node = read_file(path, self.report)
            if node is not None:
                found.append(read(node, shape, self.report, path.name))
        return [item for item in found if item is not None]

    def elsewhere(self, id: str) -> frozenset[str] | None:
        """Return the ids of another policy's measures (none if they are not here), None without such a policy."""
        for root in (self.folder.resolve().parent, POLICIES):
            if id in self.known and (root / id / "policy.yaml").is_file():
                nodes = [read_yaml(path, Report()) for path in pack_files(root / id, "measures")]
                items = [item for node in nodes if isinstance(node, Items) for item in node.nodes]
                ids = [item.entries.get("id") for item in items if isinstance(item, Mapping)]
                return frozenset(node.text for node in ids if isinstance(node, Scalar))
        return frozenset() if id in self.known else None

    def entries(self, name: str, shape: Shape) -> list[Entry]:
        """Return the entries of list files of one kind."""
        return [entry for items in self.read(name, shape) for entry in values(items)]

    def policy(self, full: bool) -> p.Policy | None:
        """Build the policy; None if there is no usable policy.yaml."""
        _strangers(self.folder, self.report)
        start = Position(str(self.folder / "policy.yaml"), 1, 1)
        if not pack_files(self.folder, "policy"):
            self.report.add(
                start, "no-pack", f"{self.folder} has no policy.yaml", "see the pack author's guide"
            )
            return None
        roots = self.read("policy", shapes.POLICY)
        if not roots:
            return None
        root: Entry = roots[0]
        measures = self.entries("measures", shapes.MEASURES)
        statements = self.entries("statements", shapes.STATEMENTS) if full else []
        plan = self.entries("plan", shapes.PLAN) if full else []
        return self.build(root, measures, statements, plan)

    def build(
        self, root: Entry, measures: list[Entry], statements: list[Entry], plan: list[Entry]
    ) -> p.Policy:
        """Build the policy from what was read."""
        report = self.report
        documents = {key: self.document(entry) for key, entry in root.get("documents", {}).items()}
        readings = values(root.get("readings"))
        scope = Scope(
            self.vocabulary,
            {entry.text("id"): tuple(entry.get("choices", {})) for entry in readings},
            self.known | set(documents),
            Used(),
        )
        builder = Builder(self.vocabulary, report, scope)
        validity = root.get("validity") or Entry(root.position)
        lets = root.get("let", {})
        measured = builder.lets(lets, replace(scope, entity="applicant"), "let")
        conditions = builder.conditions(root.get("scope", {}), replace(measured, entity=""), "scope")
        shared = {condition.id: condition for condition in conditions}
        built = tuple(builder.measure(entry, shared, measured) for entry in measures if entry.get("id"))
        kinds = {measure.id: measure.per or "applicant" for measure in built if measure.claimable}
        bounds = (builder.bound(entry, kinds) for entry in values(root.get("bounds")))
        issued = root.get("issued")
        policy = p.Policy(
            id=root.text("id"),
            title=_label(root, "title"),
            short=_label(root, "short"),
            number=root.text("number"),
            issuer=root.texts("issuer"),
            city=root.text("city"),
            kind=root.text("kind", "issued"),  # type: ignore[arg-type]
            issued=day(issued.text, issued.position, report) if issued else None,
            place=builder.place(root),
            starts=self.start(builder, validity),
            ends=builder.expression(
                validity.get("ends"), _days(scope, {"issued", "starts"}).at("ends"), DATE
            ),
            validity=builder.place(validity),
            measures=built,
            readings=tuple(builder.reading(entry) for entry in readings),
            overlap=tuple(builder.overlap(entry, kinds) for entry in values(root.get("overlap"))),
            bounds=tuple(bound for bound in bounds if bound is not None),
            scope=conditions,
            documents=documents,
            parts=tuple(p.Part(entry.text("id"), entry.text("title")) for entry in values(root.get("parts"))),
            outline={
                key: tuple(int(item.text) for item in row) for key, row in root.get("outline", {}).items()
            },
            statements=tuple(
                p.Statement(builder.place(entry), entry.text("class"), label(entry)) for entry in statements
            ),
            targets=tuple(self.target(builder, entry) for entry in plan),
        )
        builder.unused(lets, measured)
        check_policy(
            policy, root, measures, [*statements, *plan], scope.used.readings, self.elsewhere, report
        )
        return policy

    def start(self, builder: Builder, validity: Entry) -> Any:
        """Return the expression of the first day, None for a draft that leaves it blank."""
        source = validity.get("starts")
        if source is None or source.text == BLANK:
            return None
        return builder.expression(source, _days(builder.scope, {"issued"}).at("starts"), DATE)

    def document(self, entry: Entry) -> p.Document:
        """Build the stub of a document that is named but not here."""
        ends = entry.get("ends")
        known = ends is not None and ends.text != "unknown"
        return p.Document(
            entry.text("number"),
            _label(entry, "title"),
            day(ends.text, ends.position, self.report) if known else None,
        )

    def target(self, builder: Builder, entry: Entry) -> p.Target:
        """Build one target or task of the plan."""
        by = entry.get("by")
        return target(builder, entry, day(by.text, by.position, self.report) if by else None)


def _days(scope: Scope, names: set[str]) -> Scope:
    return replace(scope, builtins=frozenset(names & set(BUILTINS)))


def _label(entry: Entry, key: str) -> Label:
    pair = entry.get(key)
    return label(pair) if pair else Label("", "")
