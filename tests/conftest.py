"""What the tests share: the shipped ontology and records, and one snapshot built from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.build import Built, build, read_inputs
from kg.config import shipped
from kg.graph import Inputs
from kg.snapshot import Snapshot, open_current
from kg.vocabulary import Vocabulary, read_ontology, read_vocabulary

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT.parent / "shared" / "sources"


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The vocabulary of the shipped ontology."""
    return read_vocabulary(read_ontology(shipped("ontology")))


@pytest.fixture(scope="session")
def inputs() -> Inputs:
    """The shipped files, read and checked."""
    return read_inputs(shipped("ontology"), shipped("data"), shipped("queries"))


@pytest.fixture(scope="session")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of snapshots of its own."""
    return tmp_path_factory.mktemp("snapshots")


@pytest.fixture(scope="session")
def built(snapshots: Path) -> Built:
    """A build of the shipped files."""
    return build(shipped("ontology"), shipped("data"), shipped("queries"), snapshots)


@pytest.fixture(scope="session")
def snapshot(built: Built, snapshots: Path) -> Snapshot:
    """The snapshot of the shipped files, opened."""
    return open_current(snapshots)


@pytest.fixture(scope="session")
def sources() -> Path:
    """The papers' texts, which lie beside a checkout but not in it."""
    if not SOURCES.is_dir():
        pytest.skip(f"the papers' texts are not beside the checkout ({SOURCES.relative_to(ROOT.parent)})")
    return SOURCES
