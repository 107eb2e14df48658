"""What several commands share: the language, days and names as people write them, and how one fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    import datetime as dt

    from duixian.calendar.days import Language
    from duixian.register.names import Names


class Failure(click.ClickException):
    """The command cannot do what was asked; its message says what to mend. The exit code is 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Print the message to standard error as it is."""
        click.echo(self.message, err=True)


class Stuck(Failure):
    """The work could not be done though what was asked is right: the disk is full, say. The exit code is 1."""

    exit_code = 1


def fail(lang: str, zh: str, en: str) -> NoReturn:
    """End the command with one sentence. Raises Failure."""
    raise Failure(zh if lang == "zh" else en)


def language(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option `--lang`."""
    return click.option(
        "--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言 / language."
    )(command)


def read_day(text: str, lang: Language, option: str = "--on") -> dt.date:
    """Return the day that a person wrote for an option. Raises Failure."""
    from duixian.calendar.days import DayProblem, parse_day, require_day

    try:
        return require_day(parse_day(text))
    except DayProblem as problem:
        raise Failure(f"{option}: {problem.text(lang)}") from None


def split_pairs(option: str, given: Sequence[str], lang: str) -> list[tuple[str, str]]:
    """Split `NAME=VALUE` texts of an option. Raises Failure where there is no `=`."""
    pairs = []
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            fail(lang, f"{option} {text}：应写成 名称=值", f"{option} {text}: write it as NAME=VALUE")
        pairs.append((name.strip(), value.strip()))
    return pairs


def find_name(
    names: Names, word: str, lang: Language, zh: str, en: str, hint: tuple[str, str] = ("", "")
) -> str:
    """Return the key that a word names; `zh` and `en` say what it is.

    Raises Failure with the nearest name, or with the hint where none is near.
    """
    found = names.find(word)
    if found is None:
        near = names.nearest(word)
        fail(
            lang,
            f"没有{zh}「{word}」。{near.zh or hint[0]}",
            f"there is no {en} `{word}`. {near.en or hint[1]}".rstrip(),
        )
    return found


def check_target(path: Path, suffixes: Sequence[str], lang: str) -> None:
    """Refuse a file that cannot be written, before any work is done. Raises Failure."""
    if path.suffix.lower() not in suffixes:
        known = "、".join(suffixes) if lang == "zh" else ", ".join(suffixes)
        fail(lang, f"{path}：文件名须以 {known} 结尾", f"{path}: the name must end in {known}")
    if not path.parent.is_dir():
        fail(lang, f"没有文件夹 {path.parent}", f"there is no folder {path.parent}")
    if path.is_dir():
        fail(lang, f"{path} 是文件夹", f"{path} is a folder")


def tell_slow(why: str, lang: Language) -> None:
    """Say on standard error that native code cannot be made, if `why` says so, and what that means."""
    if why:
        zh = f"没有本机代码，由参考引擎逐户计算：结果相同，慢数百倍（{why}）"
        en = f"no native code: the reference engine does it, with the same results, hundreds of times slower ({why})"
        click.echo(zh if lang == "zh" else en, err=True)


def tell_origin(file: Path, lang: Language) -> None:
    """Say on standard error that a register is synthetic, if it is."""
    from duixian.register.origin import NOTE, is_synthetic

    if is_synthetic(file):
        click.echo(NOTE.text(lang), err=True)
