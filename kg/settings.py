"""The settings of the server: one table, from which options, variables, the file's keys and the documents follow.

A value comes from the command line, else from the environment variable ``SANCTUARY_<NAME>``, else from the table
``[serve]`` of a TOML file, else it is the default.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kg.errors import ConfigError

FILE = "sanctuary.toml"
TABLE = "serve"
HANDED_DOWN = "SANCTUARY_SETTINGS"
"""The variable that carries all settings, as JSON, to a child process."""
DEFAULT = "default"

Value = str | int | float | bool | Path | tuple[str, ...]


class Kind(StrEnum):
    """What a value is; the text is what an error says is allowed."""

    PATH = "a path"
    LOG = "a path, “-” for standard error, or “off”"
    TEXT = "a text"
    INTEGER = "a whole number"
    NUMBER = "a number"
    SWITCH = "true or false"
    ADDRESSES = "addresses that begin with http:// or https://"


@dataclass(frozen=True)
class Setting:
    """A row of the table. ``shown`` is the default in words where it depends on the machine."""

    name: str
    kind: Kind
    default: Value
    minimum: int | float | None
    help: str
    maximum: int | None = None
    shown: str = ""

    @property
    def field(self) -> str:
        """Its attribute of `Settings`."""
        return self.name.replace("-", "_")

    @property
    def option(self) -> str:
        """Its option of ``sanctuary serve``."""
        return f"--{self.name}"

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return f"SANCTUARY_{self.field.upper()}"

    @property
    def allowed(self) -> str:
        """What a value may be, in words."""
        if self.maximum is not None:
            return f"{self.kind} from {self.minimum} to {self.maximum}"
        return str(self.kind) if self.minimum is None else f"{self.kind} of at least {self.minimum}"

    @property
    def default_shown(self) -> str:
        """The default in words."""
        return self.shown or show(self.default)


CPUS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

SETTINGS = (
    Setting("snapshots", Kind.PATH, Path("build/snapshots"), None, "Folder of the snapshots."),
    Setting("host", Kind.TEXT, "127.0.0.1", None, "Address to listen on."),
    Setting("port", Kind.INTEGER, 8080, 0, "Port to listen on; 0 takes a free one.", 65535),
    Setting(
        "processes", Kind.INTEGER, min(2, CPUS), 1, "Front processes that take requests.", 256, "2, or 1 on one CPU"
    ),
    Setting(
        "workers",
        Kind.INTEGER,
        min(CPUS, 8),
        1,
        "Young queries that run at once, over all front processes; two at least in each.",
        shown="number of CPUs, at most max-processes",
    ),
    Setting(
        "max-processes",
        Kind.INTEGER,
        8,
        1,
        "Queries that may be under way at once, older ones included, over all front processes.",
    ),
    Setting("timeout", Kind.NUMBER, 30.0, 0.1, "Seconds after which a query is ended."),
    Setting("memory-mb", Kind.INTEGER, 1024, 64, "Megabytes of memory that one query may take."),
    Setting("result-mb", Kind.INTEGER, 4096, 1, "Megabytes that one answer may have."),
    Setting("waiting", Kind.INTEGER, 128, 0, "Queries that may wait for a worker, over all front processes."),
    Setting("cache-mb", Kind.INTEGER, 64, 0, "Megabytes of answers that each front process keeps."),
    Setting("federate-with", Kind.ADDRESSES, (), None, "SPARQL endpoints that a query may call with SERVICE."),
    Setting("access-log", Kind.LOG, "off", None, "Where to log requests, one JSON object a line."),
    Setting("log-queries", Kind.SWITCH, False, None, "Log the text of queries too, not only a hash of it."),
    Setting("log-addresses", Kind.SWITCH, False, None, "Log the addresses of clients too."),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True)
class Settings:
    """Values of all settings, checked; one attribute for each row of `SETTINGS`."""

    snapshots: Path
    host: str
    port: int
    processes: int
    workers: int
    max_processes: int
    timeout: float
    memory_mb: int
    result_mb: int
    waiting: int
    cache_mb: int
    federate_with: tuple[str, ...]
    access_log: str
    log_queries: bool
    log_addresses: bool

    def to_environ(self) -> dict[str, str]:
        """The environment variable that hands all of it to a child process."""
        values = {setting.name: getattr(self, setting.field) for setting in SETTINGS}
        return {HANDED_DOWN: json.dumps(values, default=str)}

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """The settings that a parent process handed down.

        Raises:
            ConfigError: it did not, or what it handed down is not whole.
        """
        try:
            given = json.loads(environ[HANDED_DOWN])
            values = {one.field: _value(one, given[one.name], HANDED_DOWN) for one in SETTINGS}
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"{HANDED_DOWN} does not hold the settings of the parent process.") from error
        return cls(**values)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Chosen:
    """The value of a setting and where it comes from: an option, a variable, a file or the default."""

    setting: Setting
    value: Value
    origin: str


def load(options: Mapping[str, object], file: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings in force.

    Args:
        options: what the command line gives, by name; ``None`` or an empty list where it gives nothing.
        file: the file that the command line names; else ``sanctuary.toml`` of the working folder, if there is one.
        environ: the environment variables.

    Raises:
        ConfigError: a value is not allowed, or the file cannot be used; it says where that value comes from.
    """
    chosen = choose(options, file, environ)
    return Settings(**{one.setting.field: one.value for one in chosen})  # type: ignore[arg-type]


def choose(options: Mapping[str, object], file: Path | None, environ: Mapping[str, str]) -> tuple[Chosen, ...]:
    """What `load` does, with the origin of each value, in the order of the table.

    Raises:
        ConfigError: as `load` does.
    """
    in_file, path = _read(file)
    found = {setting.name: _choose(setting, options, environ, in_file, path) for setting in SETTINGS}
    workers, most = found["workers"], found["max-processes"]
    if int(str(workers.value)) > int(str(most.value)):
        if workers.origin != DEFAULT:
            raise ConfigError(
                f"workers is {workers.value} ({workers.origin}), more than max-processes, which is {most.value} "
                f"({most.origin}); at most {most.value} are allowed."
            )
        found["workers"] = dataclasses.replace(workers, value=most.value)
    return tuple(found.values())


def show(value: Value) -> str:
    """A value as one would write it: ``off``, ``true``, addresses with spaces between."""
    if isinstance(value, tuple):
        return " ".join(value) or "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _choose(
    setting: Setting, options: Mapping[str, object], environ: Mapping[str, str], in_file: Mapping[str, Any], file: Path
) -> Chosen:
    given = options.get(setting.name)
    if given is not None and given != [] and given != ():
        return Chosen(setting, _value(setting, given, setting.option, text=True), setting.option)
    variable = setting.variable
    if environ.get(variable):
        return Chosen(setting, _value(setting, environ[variable], variable, text=True), variable)
    if setting.name in in_file:
        value = _value(setting, in_file[setting.name], str(file))
        # A path in a file is seen from that file, wherever the server is started.
        if setting.kind is Kind.PATH:
            value = file.parent / str(value)
        elif setting.kind is Kind.LOG and value not in ("-", "off"):
            value = str(file.parent / str(value))
        return Chosen(setting, value, str(file))
    return Chosen(setting, setting.default, DEFAULT)


def _read(named: Path | None) -> tuple[Mapping[str, Any], Path]:
    """The table ``[serve]`` of the file, and which file that is."""
    path = named or Path(FILE)
    if named is None and not path.is_file():
        return {}, path
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # bytes that are not UTF-8, or not TOML
        raise ConfigError(f"The settings file {path} is not TOML: {error}.") from error
    for name in document:
        if name != TABLE:
            raise ConfigError(f"{path} has “{name}”; only settings are allowed, in the table [{TABLE}].")
    table = document.get(TABLE, {})
    if not isinstance(table, dict):
        raise ConfigError(f"{path} has “{TABLE}” as a value; it must be the table [{TABLE}].")
    for name in table:
        if name not in BY_NAME:
            raise ConfigError(f"{path} has no setting “{name}” to set; allowed are: {', '.join(BY_NAME)}.")
    return table, path


def _value(setting: Setting, given: object, origin: str, *, text: bool = False) -> Value:
    """A value, checked; ``text`` says whether numbers, switches and addresses may come as text."""
    kind = setting.kind
    spelled = given if text and isinstance(given, str) else None
    try:
        if kind in (Kind.INTEGER, Kind.NUMBER):
            read = int if kind is Kind.INTEGER else float
            return _number(setting, given if spelled is None else read(spelled))
        if kind is Kind.SWITCH:
            switch = given if spelled is None else _SWITCHES.get(spelled.lower())
            if isinstance(switch, bool):
                return switch
        elif kind is Kind.ADDRESSES:
            several = given if spelled is None else spelled.split()
            if isinstance(several, list | tuple):
                return _addresses(several)
        elif isinstance(given, str) and given.strip() and "\0" not in given:
            return Path(given) if kind is Kind.PATH else given
    except ValueError:
        pass
    shown = " ".join(map(str, given)) if isinstance(given, list | tuple) else str(given)
    shown = shown.lower() if isinstance(given, bool) else shown
    shown = shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "…"
    raise ConfigError(f"{setting.name} is “{shown}” ({origin}); allowed is {setting.allowed}.")


_LONGEST_SHOWN = 80
_SWITCHES = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


def _number(setting: Setting, given: object) -> int | float:
    whole = setting.kind is Kind.INTEGER
    if isinstance(given, bool) or not isinstance(given, int if whole else int | float) or not math.isfinite(given):
        raise ValueError
    if (setting.minimum is not None and given < setting.minimum) or (setting.maximum or given) < given:
        raise ValueError
    return given if whole else float(given)


def _addresses(given: Sequence[object]) -> tuple[str, ...]:
    for address in given:
        parts = urlsplit(str(address))
        if parts.scheme not in ("http", "https") or not parts.hostname or len(str(address).split()) != 1:
            raise ValueError
    return tuple(dict.fromkeys(str(one) for one in given))
