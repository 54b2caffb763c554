"""The settings: one table, four places a value can come from, and a sentence for each that cannot be taken."""

from __future__ import annotations

import dataclasses
import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import typer.main

from kg.cli.main import app
from kg.errors import ConfigError
from kg.settings import BY_NAME, HANDED_DOWN, SETTINGS, Kind, Setting, Settings, choose, load, show
from tests.conftest import ROOT

# A value that is not the default, for each: as text, as TOML, and as it comes out.
OTHER: Mapping[str, tuple[str, str, Any]] = {
    "snapshots": ("/srv/snapshots", '"/srv/snapshots"', Path("/srv/snapshots")),
    "host": ("::1", '"::1"', "::1"),
    "port": ("9000", "9000", 9000),
    "processes": ("5", "5", 5),
    "workers": ("7", "7", 7),
    "max-processes": ("12", "12", 12),
    "timeout": ("2.5", "2.5", 2.5),
    "memory-mb": ("200", "200", 200),
    "result-mb": ("17", "17", 17),
    "waiting": ("0", "0", 0),
    "cache-mb": ("1", "1", 1),
    "federate-with": (
        "https://a.example/sparql http://b.example:80/",
        '["https://a.example/sparql", "http://b.example:80/"]',
        ("https://a.example/sparql", "http://b.example:80/"),
    ),
    "access-log": ("/var/log/a.jsonl", '"/var/log/a.jsonl"', "/var/log/a.jsonl"),
    "log-queries": ("true", "true", True),
    "log-addresses": ("yes", "true", True),
}
each = pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: str(setting.name))


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Away from a sanctuary.toml that a developer may have."""
    monkeypatch.chdir(tmp_path)


def value(settings: Settings, setting: Setting) -> Any:
    return getattr(settings, setting.field)


def file(text: str, name: str = "sanctuary.toml") -> Path:
    path = Path(name)
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_dataclass_has_the_rows_of_the_table() -> None:
    assert [field.name for field in dataclasses.fields(Settings)] == [setting.field for setting in SETTINGS]
    assert set(OTHER) == set(BY_NAME)
    defaults = load({}, None, {})
    for setting in SETTINGS:
        assert value(defaults, setting) == setting.default
        assert value(defaults, setting) != OTHER[setting.name][2]


@each
def test_each_is_an_option_of_serve(setting: Setting) -> None:
    for name in ("serve", "settings"):
        command: Any = typer.main.get_command(app)
        (option,) = [one for one in command.commands[name].params if setting.option in one.opts]
        assert setting.help.rstrip(".") in option.help
        assert f"Default: {setting.default_shown}." in option.help
    text = OTHER[setting.name][0]
    given = text.split() if setting.kind is Kind.ADDRESSES else text
    assert value(load({setting.name: given}, None, {}), setting) == OTHER[setting.name][2]


@each
def test_each_is_an_environment_variable(setting: Setting) -> None:
    text, _, expected = OTHER[setting.name]
    assert re.fullmatch(r"SANCTUARY_[A-Z_]+", setting.variable)
    assert value(load({}, None, {setting.variable: text}), setting) == expected
    assert value(load({}, None, {setting.variable: ""}), setting) == setting.default


@each
def test_each_is_a_key_of_the_file(setting: Setting) -> None:
    _, toml, expected = OTHER[setting.name]
    path = file(f"[serve]\n{setting.name} = {toml}\n")
    assert value(load({}, None, {}), setting) == expected
    path.rename("other.toml")
    assert value(load({}, None, {}), setting) == setting.default
    assert value(load({}, Path("other.toml"), {}), setting) == expected


@each
def test_each_is_in_the_document(setting: Setting) -> None:
    rows = (ROOT / "SETTINGS.md").read_text(encoding="utf-8").splitlines()
    cells = (f"`{setting.name}`", f"`{setting.variable}`", setting.allowed, setting.default_shown, setting.help)
    assert f"| {' | '.join(cells)} |" in rows


def test_the_document_has_no_others() -> None:
    text = (ROOT / "SETTINGS.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `[a-z-]+` \| `(SANCTUARY_\w+)`", text, re.MULTILINE) == [one.variable for one in SETTINGS]
    block = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert block is not None
    assert load({}, file(block[1], "example.toml"), {}).federate_with == ("https://sparql.uniprot.org/sparql",)


def test_an_option_comes_before_a_variable_before_the_file_before_the_default() -> None:
    path = file("[serve]\nport = 3\ntimeout = 4\nhost = 'c'\n")
    chosen = choose(
        {"port": "1", "host": None, "federate-with": []}, None, {"SANCTUARY_PORT": "2", "SANCTUARY_HOST": "b"}
    )
    found = {one.setting.name: (one.value, one.origin) for one in chosen}
    assert found["port"] == (1, "--port")
    assert found["host"] == ("b", "SANCTUARY_HOST")
    assert found["timeout"] == (4.0, str(path))
    assert found["waiting"] == (128, "default")
    assert found["federate-with"] == ((), "default")


def test_a_switch_can_be_turned_off_again() -> None:
    file("[serve]\nlog-queries = true\n")
    assert load({}, None, {}).log_queries is True
    assert load({"log-queries": False}, None, {}).log_queries is False
    assert load({}, None, {"SANCTUARY_LOG_QUERIES": "off"}).log_queries is False


def test_a_path_in_a_file_is_seen_from_the_file() -> None:
    path = file("[serve]\nsnapshots = 'kept'\naccess-log = 'log.jsonl'\n", "etc/server.toml")
    settings = load({}, path, {})
    assert (settings.snapshots, settings.access_log) == (Path("etc/kept"), "etc/log.jsonl")
    for word in ("-", "off"):
        assert load({}, file(f"[serve]\naccess-log = '{word}'\n", "etc/other.toml"), {}).access_log == word
    assert load({"snapshots": "kept"}, path, {}).snapshots == Path("kept")


BAD = [
    ("port", "80a", "“80a”", "a whole number from 0 to 65535"),
    ("port", "65536", "“65536”", "a whole number from 0 to 65535"),
    ("port", "-1", "“-1”", "a whole number from 0 to 65535"),
    ("port", "8.5", "“8.5”", "a whole number from 0 to 65535"),
    ("processes", "0", "“0”", "a whole number from 1 to 256"),
    ("memory-mb", "9" * 5000, "9999", "a whole number of at least 64"),
    ("timeout", "nan", "“nan”", "a number of at least 0.1"),
    ("timeout", "inf", "“inf”", "a number of at least 0.1"),
    ("timeout", "0", "“0”", "a number of at least 0.1"),
    ("log-queries", "maybe", "“maybe”", "true or false"),
    ("host", " ", "“ ”", "a text"),
    ("snapshots", "a\0b", "“a\0b”", "a path"),
    ("federate-with", "ftp://a.example/", "“ftp://a.example/”", "http:// or https://"),
    ("federate-with", "https://", "“https://”", "http:// or https://"),
    ("federate-with", "http://[::1", "“http://[::1”", "http:// or https://"),
]


@pytest.mark.parametrize(("name", "text", "shown", "allowed"), BAD)
def test_a_value_that_is_not_allowed(name: str, text: str, shown: str, allowed: str) -> None:
    setting = BY_NAME[name]
    for options, environ, origin in (
        ({name: text}, {}, setting.option),
        ({}, {setting.variable: text}, setting.variable),
    ):
        with pytest.raises(ConfigError) as caught:
            load(options, None, environ)
        sentence = str(caught.value)
        assert sentence.startswith(f"{name} is ")
        assert sentence.endswith(".")
        assert all(part in sentence for part in (shown, allowed, f"({origin})"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('port = "9000"', "port is “9000” (sanctuary.toml); allowed is a whole number from 0 to 65535."),
        ("port = true", "port is “true” (sanctuary.toml); allowed is a whole number from 0 to 65535."),
        ("port = 1.0", "port is “1.0” (sanctuary.toml); allowed is a whole number from 0 to 65535."),
        ("timeout = nan", "timeout is “nan” (sanctuary.toml); allowed is a number of at least 0.1."),
        ("log-queries = 1", "log-queries is “1” (sanctuary.toml); allowed is true or false."),
        ("snapshots = 5", "snapshots is “5” (sanctuary.toml); allowed is a path."),
        ("federate-with = [1]", "federate-with is “1” (sanctuary.toml); allowed is addresses that begin with http"),
        ('federate-with = "https://a/"', "federate-with is “https://a/” (sanctuary.toml); allowed is addresses"),
        ("prot = 9000", "sanctuary.toml has no setting “prot” to set; allowed are: snapshots, host, port,"),
        ("port = ", "The settings file sanctuary.toml is not TOML: "),
    ],
)
def test_a_line_of_the_file_that_is_not_allowed(line: str, expected: str) -> None:
    file(f"[serve]\n{line}\n")
    with pytest.raises(ConfigError) as caught:
        load({}, None, {})
    assert str(caught.value).startswith(expected)


def test_a_file_that_cannot_be_used() -> None:
    for text, expected in (
        ("port = 9000\n", "sanctuary.toml has “port”; only settings are allowed, in the table [serve]."),
        ("serve = 1\n", "sanctuary.toml has “serve” as a value; it must be the table [serve]."),
    ):
        file(text)
        with pytest.raises(ConfigError, match=re.escape(expected)):
            load({}, None, {})
    Path("sanctuary.toml").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="is not TOML"):
        load({}, None, {})
    with pytest.raises(ConfigError, match=r"The settings file nowhere\.toml cannot be read: No such file"):
        load({}, Path("nowhere.toml"), {})
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load({}, Path(), {})


def test_workers_and_max_processes_fit_together() -> None:
    with pytest.raises(
        ConfigError, match=r"workers is 9 \(--workers\), more than max-processes, which is 8 \(default\)"
    ):
        load({"workers": "9"}, None, {})
    assert load({"workers": "9", "max-processes": "9"}, None, {}).workers == 9
    assert load({"max-processes": "1"}, None, {}).workers == 1, "a default adapts"


def test_settings_are_handed_down_whole() -> None:
    options = {name: text.split() if name == "federate-with" else text for name, (text, _, _) in OTHER.items()}
    for settings in (load({}, None, {}), load(options, None, {})):
        environ = settings.to_environ()
        assert all(isinstance(text, str) for text in environ.values())
        assert Settings.from_environ(environ) == settings
    with pytest.raises(ConfigError, match="does not hold the settings"):
        Settings.from_environ({})
    for text in ("{", "[]", "null", '{"port": 1}'):
        with pytest.raises(ConfigError, match="does not hold the settings"):
            Settings.from_environ({HANDED_DOWN: text})
    with pytest.raises(ConfigError, match="port is “-5”"):
        Settings.from_environ({HANDED_DOWN: environ[HANDED_DOWN].replace('"port": 9000', '"port": -5')})


def test_values_as_one_writes_them() -> None:
    assert [show(one) for one in (True, (), ("a", "b"), 30.0, 2.5, 5, Path("x"))] == [
        *("true", "none", "a b", "30", "2.5", "5", "x")
    ]


def settings_command(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg.cli", "settings", *arguments]
    environ = {name: text for name, text in os.environ.items() if not name.startswith("SANCTUARY")}
    environ |= {"PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_the_command_in_a_pipe_is_tab_separated() -> None:
    file("[serve]\ncache-mb = 5\n")
    done = settings_command("--port", "9000", "--log-queries", SANCTUARY_TIMEOUT="3")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert rows[0] == ["setting", "value", "origin"]
    assert [row[0] for row in rows[1:]] == [setting.name for setting in SETTINGS]
    assert ["port", "9000", "--port"] in rows
    assert ["timeout", "3", "SANCTUARY_TIMEOUT"] in rows
    assert ["cache-mb", "5", "sanctuary.toml"] in rows
    assert ["log-queries", "true", "--log-queries"] in rows
    assert ["memory-mb", "1024", "default"] in rows


def test_the_command_on_a_terminal_is_a_table() -> None:
    ours, theirs = pty.openpty()
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "140", "NO_COLOR": "1"}
    with subprocess.Popen([sys.executable, "-m", "kg.cli", "settings"], env=environ, stdout=theirs) as process:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
    os.close(ours)
    assert process.returncode == 0
    text = shown.decode()
    assert "\t" not in text
    assert "meaning" in text
    for setting in SETTINGS:
        assert f"\n{setting.name} " in text.replace("\r", "")
    assert BY_NAME["timeout"].help in text


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # a terminal whose other end is closed
        return b""


def test_the_command_says_what_is_wrong_in_one_sentence() -> None:
    for arguments, variables, expected in (
        (["--port", "x"], {}, "port is “x” (--port); allowed is a whole number from 0 to 65535."),
        (
            [],
            {"SANCTUARY_WORKERS": "0"},
            "workers is “0” (SANCTUARY_WORKERS); allowed is a whole number of at least 1.",
        ),
        (["--config", "nowhere"], {}, "The settings file nowhere cannot be read: No such file or directory."),
    ):
        done = settings_command(*arguments, **variables)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", f"sanctuary: {expected}\n")
