"""Finds and loads packs for the commands: those installed, by id or name, and folders given as paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from duixian.calendar.days import Language
from duixian.cli.options import Failure, fail, find_name
from duixian.language.cache import installed_policies
from duixian.language.pack import load_policies, pack_folders
from duixian.language.policy import Policy
from duixian.language.problems import PackError
from duixian.language.vocabulary import POLICIES, Vocabulary, load_vocabulary, shared_vocabulary
from duixian.register.names import Names


def folder_of(given: str, lang: Language) -> Path:
    """Return the folder of a pack: a path, or the id of an installed policy. Raises Failure."""
    path = Path(given)
    if path.is_dir():
        return path
    folders = {folder.name: folder for folder in pack_folders()}
    names = Names({key: (key, key) for key in folders})
    return folders[find_name(names, given.rstrip("/"), lang, "政策（也不是文件夹）", "such policy or folder")]


def load(folders: Sequence[Path], full: bool = False) -> dict[str, Policy]:
    """Load packs by id; `full` with statements and plans. Raises Failure with every problem of a pack."""
    try:
        return {policy.id: policy for policy in load_policies(folders, full=full)}
    except PackError as error:
        raise Failure(str(error)) from None


def common_vocabulary(given: Sequence[str], lang: Language) -> Vocabulary:
    """Return the vocabulary that the named policies share: their own one, or the installed one.

    Raises Failure if a file is wrong or if they do not share one.
    """
    shared = POLICIES / "vocabulary.yaml"
    beside = [Path(name).resolve().parent / "vocabulary.yaml" for name in given if Path(name).is_dir()]
    files = [path if path.is_file() else shared for path in beside]
    if len(files) < len(given):
        files.append(shared)
    # A copy is the same vocabulary: two versions of a pack often lie in two folders, each with its own.
    if len({path.read_bytes() for path in files}) > 1:
        fail(
            lang,
            "这些政策的词汇表不同，请分开评估",
            "these policies do not share a vocabulary; assess them apart",
        )
    try:
        return shared_vocabulary() if not files or shared in files else load_vocabulary(files[0])
    except PackError as error:
        raise Failure(str(error)) from None


def load_named(given: Sequence[str], lang: Language) -> dict[str, Policy]:
    """Load the policies that were named (id, title or folder), else all installed. Raises Failure."""
    folders = [Path(name) for name in given if Path(name).is_dir()]
    named = [name for name in given if not Path(name).is_dir()]
    found = load(folders) if folders else {}
    if named or not given:
        try:
            installed = {policy.id: policy for policy in installed_policies()}
        except PackError as error:
            raise Failure(str(error)) from None
        chosen = [find_policy(installed, name, lang) for name in named] if given else installed
        found |= {key: installed[key] for key in chosen}
    return found


def find_policy(policies: Mapping[str, Policy], word: str, lang: Language) -> str:
    """Return the id of the policy that a word names: its id, title or short title. Raises Failure."""
    words = {
        key: (item.short.zh, key, item.short.en, item.title.zh, item.number) for key, item in policies.items()
    }
    return find_name(Names(words), word, lang, "政策", "policy")


def find_readings(
    policies: Mapping[str, Policy], pairs: Iterable[tuple[str, str]], lang: Language
) -> dict[str, str]:
    """Check `[POLICY/]READING = CHOICE` pairs and return them with ids throughout. Raises Failure."""
    taken = {}
    for name, choice in pairs:
        policy, slash, reading_id = name.rpartition("/")
        within = [policies[find_policy(policies, policy, lang)]] if slash else list(policies.values())
        known = {item.id: (item.id, item.id) for owner in within for item in owner.readings}
        hint = (
            "各政策的口径见 duixian show 政策编号",
            "`duixian show POLICY` lists the readings of a policy",
        )
        found = find_name(Names(known), reading_id, lang, "解释口径", "reading", hint)
        readings = [item for owner in within if (item := owner.reading(found)) is not None]
        choices = {
            item.id: (item.label.zh, item.id, item.label.en) for one in readings for item in one.choices
        }
        chosen = find_name(
            Names(choices), choice, lang, f"口径 {found} 的选项", f"choice of the reading {found}"
        )
        for owner in within:
            reading = owner.reading(found)
            if reading is not None and any(item.id == chosen for item in reading.choices):
                taken[f"{owner.id}/{found}"] = chosen
    return taken
