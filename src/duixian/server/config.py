"""A server's configuration: read from the environment, typed, each setting told, insecure ones refused."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

_SHORTEST_SECRET = 32


class ConfigProblem(Exception):  # noqa: N818 - told to a person, as what it is
    """A configuration with which a server must not start; `problems` has every one of them, each with its remedy."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting of a server. A field's environment variable is in its metadata, and so is what it does.

    A setting whose name ends in KEY, SECRET or URL may also be given as the path of a file that holds it, in the
    same name followed by `_FILE`, so that a secret need not stand in the environment.
    """

    home: Annotated[Path, Meta(title="DUIXIAN_HOME", description=(
        "Folder of the embedded database, the files and the secrets; private. "
        "Default: ~/.local/share/duixian, for root /var/lib/duixian"))]  # fmt: skip
    demo: Annotated[bool, Meta(title="DUIXIAN_DEMO", description=(
        "A demonstration on this machine only: fictional data, secrets made up, plain http"))] = False  # fmt: skip
    database_url: Annotated[str, Meta(title="DATABASE_URL", description=(
        "PostgreSQL 16 or later as the application's role; empty: the embedded one"))] = ""  # fmt: skip
    database_owner_url: Annotated[str, Meta(title="DATABASE_OWNER_URL", description=(
        "The same database as the role that owns the tables; only for migrations"))] = ""  # fmt: skip
    database_auditor_url: Annotated[str, Meta(title="DATABASE_AUDITOR_URL", description=(
        "The same database as the role that only reads; for `duixian audit verify`"))] = ""  # fmt: skip
    postgres: Annotated[Literal[16, 18], Meta(title="DUIXIAN_POSTGRES", description=(
        "Major version of the embedded database"))] = 18  # fmt: skip
    address: Annotated[str, Meta(title="DUIXIAN_ADDRESS", description=(
        "host:port on which pages are served"))] = "127.0.0.1:8000"  # fmt: skip
    hosts: Annotated[str, Meta(title="DUIXIAN_HOSTS", description=(
        "Host names under which people reach the server, separated by commas"))] = "localhost,127.0.0.1"  # fmt: skip
    https: Annotated[bool, Meta(title="DUIXIAN_HTTPS", description=(
        "Whether people reach it by https (a proxy before it, which sets X-Forwarded-Proto)"))] = False  # fmt: skip
    secret_key: Annotated[str, Meta(title="DUIXIAN_SECRET_KEY", description=(
        "Signs sessions and forms: at least 32 characters; with the embedded database made at first start"
    ))] = ""  # fmt: skip
    field_key: Annotated[str, Meta(title="DUIXIAN_FIELD_KEY", description=(
        "Encrypts identity numbers and keys the event log's hashes: at least 32 characters, another than the secret "
        "key; without it the encrypted fields are lost"))] = ""  # fmt: skip
    web_processes: Annotated[int, Meta(ge=1, le=64, title="DUIXIAN_WEB_PROCESSES", description=(
        "Processes that answer requests"))] = 2  # fmt: skip
    upload_mib: Annotated[int, Meta(ge=1, le=1024, title="DUIXIAN_UPLOAD_MIB", description=(
        "Largest file that may be uploaded, in MiB"))] = 50  # fmt: skip
    log: Annotated[Literal["text", "json"], Meta(title="DUIXIAN_LOG", description=(
        "Form of the log on standard error: lines for people or JSON for a collector"))] = "text"  # fmt: skip
    oidc_issuer: Annotated[str, Meta(title="DUIXIAN_OIDC_ISSUER", description=(
        "Issuer of the city's single sign-on (OpenID Connect); empty: none"))] = ""  # fmt: skip
    oidc_client: Annotated[str, Meta(title="DUIXIAN_OIDC_CLIENT", description=(
        "This server's client id there"))] = ""  # fmt: skip
    oidc_secret: Annotated[str, Meta(title="DUIXIAN_OIDC_SECRET", description=(
        "This server's client secret there"))] = ""  # fmt: skip

    @property
    def embedded(self) -> bool:
        """Whether the server brings its own database."""
        return not self.database_url

    @property
    def host_names(self) -> list[str]:
        """`hosts`, one by one."""
        return [name.strip() for name in self.hosts.split(",") if name.strip()]


def settings() -> Iterator[tuple[str, str, str]]:
    """Every setting as (environment variable, what it does, its default as text)."""
    for field in msgspec.structs.fields(Config):
        meta = _meta(field.name)
        default = "" if field.default is msgspec.NODEFAULT else str(field.default)
        yield str(meta.title), str(meta.description), default


def load(environment: Mapping[str, str]) -> Config:
    """The configuration that an environment holds.

    Raises:
        ConfigProblem: values that cannot be read, variables that are no settings, or a server that would be insecure.
    """
    names = {str(_meta(field.name).title): field.name for field in msgspec.structs.fields(Config)}
    problems = _unknown(environment, set(names))
    given: dict[str, object] = {}
    for variable, name in names.items():
        value = environment.get(variable, "")
        if not value and (path := environment.get(f"{variable}_FILE")):
            try:
                value = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                problems.append(
                    f"{variable}_FILE: cannot read {path} ({error.strerror}); correct the path or its rights"
                )
        if value:
            given[name] = value
    given.setdefault("home", default_home())
    config = None
    for _ in range(len(names)):  # each round takes out one value that cannot be read, so that all are told
        try:
            config = msgspec.convert(given, Config, strict=False, dec_hook=lambda kind, value: kind(value))
            break
        except msgspec.ValidationError as error:
            name = str(error).rpartition("$.")[2].rstrip("`")
            variable = str(_meta(name).title)
            shown = "" if _secret(variable) else f" {given[name]!r}"
            problems.append(f"{variable}:{shown} cannot be used: {str(error).partition(' - at')[0]}")
            del given[name]
    if config is not None:
        problems.extend(_insecure(config))
    if problems or config is None:
        raise ConfigProblem(problems)
    return config


def default_home() -> Path:
    """Where a server keeps what is its own when nobody says otherwise."""
    if os.geteuid() == 0:
        return Path("/var/lib/duixian")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "duixian"


def _meta(name: str) -> Meta:
    hint: Any = get_type_hints(Config, include_extras=True)[name]
    assert get_origin(hint) is Annotated
    return next(part for part in get_args(hint)[1:] if isinstance(part, Meta))


def _secret(variable: str) -> bool:
    return variable.endswith(("KEY", "SECRET", "URL"))


def _unknown(environment: Mapping[str, str], known: set[str]) -> list[str]:
    """A misspelt setting would silently leave its default, so every DUIXIAN_ variable must be one."""
    from difflib import get_close_matches

    problems = []
    for variable in sorted(environment):
        if variable.startswith("DUIXIAN_") and variable.removesuffix("_FILE") not in known | _OTHERS:
            near = get_close_matches(variable, known, n=1)
            problems.append(f"{variable}: no such setting" + (f"; is {near[0]} meant?" if near else ""))
    return problems


_OTHERS = {"DUIXIAN_CACHE", "DUIXIAN_PARENT", "DUIXIAN_TEST_POSTGRES"}
"""Variables that are no settings of a server: the folder of compiled policies, what `duixian serve` tells its
children, the tests' choice of PostgreSQL."""


def _insecure(config: Config) -> Iterator[str]:
    local = config.address.startswith(("127.0.0.1:", "localhost:", "[::1]:"))
    if config.demo:
        if not local:
            yield f"DUIXIAN_ADDRESS: a demonstration answers on this machine only, not on {config.address}"
        return
    yield from _weak_keys(config)
    if "*" in config.hosts:
        yield "DUIXIAN_HOSTS: '*' would accept any name; name the hosts"
    if not config.https and not local:
        yield "DUIXIAN_HTTPS: pages would go out unencrypted; put a proxy with TLS in front, set DUIXIAN_HTTPS=true"
    if bool(config.oidc_issuer) != bool(config.oidc_client and config.oidc_secret):
        yield "DUIXIAN_OIDC_ISSUER, _CLIENT and _SECRET: give all three or none"
    if config.oidc_issuer and not config.oidc_issuer.startswith("https://"):
        yield "DUIXIAN_OIDC_ISSUER: must begin with https://; what a provider says unencrypted anybody can say"


def incomplete(config: Config) -> Iterator[str]:
    """What is wrong with the databases of a configuration with which a whole server is to start.

    Its processes are not asked: each knows only the address that it needs.
    """
    if config.demo and config.database_url:
        yield "DATABASE_URL: a demonstration uses its own database; leave it out, or leave out --demo"
    if config.database_url and not config.database_owner_url:
        yield "DATABASE_OWNER_URL: missing; migrations need the role that owns the tables"


def _weak_keys(config: Config) -> Iterator[str]:
    for variable, value in (
        ("DUIXIAN_SECRET_KEY", config.secret_key),
        ("DUIXIAN_FIELD_KEY", config.field_key),
    ):
        if (value and len(value) < _SHORTEST_SECRET) or (not value and not config.embedded):
            yield (
                f"{variable}: needs at least {_SHORTEST_SECRET} random characters, such as the output of: "
                'python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
    if config.secret_key and config.secret_key == config.field_key:
        yield "DUIXIAN_FIELD_KEY: must not be the secret key; use another value"
