"""A small snapshot for the tests of the server, published as a build publishes one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from kg import namespaces as ns
from kg.graph import canonical_nquads, fingerprint, union_ntriples
from kg.snapshot import NQUADS, publish, write_manifest, write_store

LABEL = NamedNode(ns.PREFIXES["rdfs"] + "label")
TYPE = NamedNode(ns.PREFIXES["rdf"] + "type")
ONE = NamedNode(ns.paper_graph("one-2020"))
TWO = NamedNode(ns.paper_graph("two-2021"))
CASE = NamedNode(ns.case("one-2020-1"))
NASTY = '<script>alert("x")</script>'


def quads() -> list[Quad]:
    """One case in two graphs: its type stands in both, and one label wants escaping."""
    episode, proof, test = (NamedNode(f"{CASE.value}/{part}") for part in ("episode/a", "investigation/b", "test/c"))
    biopsy, marrow = NamedNode(ns.term("Biopsy")), NamedNode(ns.term("MarrowExamination"))

    def own(name: str) -> NamedNode:
        return NamedNode(ns.term(name))

    return [
        Quad(CASE, TYPE, own("Case"), ONE),
        Quad(CASE, TYPE, own("Case"), TWO),
        Quad(CASE, LABEL, Literal(NASTY), ONE),
        Quad(CASE, LABEL, Literal("case one", language="en"), TWO),
        Quad(CASE, own("episode"), episode, ONE),
        Quad(episode, own("confirmedBy"), proof, ONE),
        Quad(proof, own("modality"), biopsy, ONE),
        Quad(CASE, own("investigation"), test, ONE),
        Quad(test, TYPE, own("NegativeInvestigationDespiteLeukemia"), ONE),
        Quad(test, own("ofCase"), CASE, ONE),
        Quad(test, own("result"), own("Normal"), ONE),
        Quad(test, own("modality"), marrow, ONE),
        Quad(marrow, LABEL, Literal("bone marrow examination", language="en"), ONE),
        Quad(biopsy, LABEL, Literal("biopsy", language="en"), ONE),
    ]


def publish_snapshot(snapshots: Path, more: Iterable[Quad] = ()) -> str:
    """Put a snapshot with these quads in service; gives its version."""
    everything = [*quads(), *more]
    nquads = canonical_nquads(everything)
    digest = fingerprint(nquads)
    version = f"0.1.0-{digest[:12]}"
    partial = snapshots / f".partial-{digest}"
    partial.mkdir(parents=True)
    (partial / NQUADS).write_bytes(nquads)
    store = write_store(partial, nquads, union_ntriples(everything))
    del store
    counts = {"cases": 16, "papers": 2, "references": 28, "quads": 29726}
    write_manifest(partial, {"version": version, "sha256": digest, "counts": counts})
    publish(partial, snapshots, version)
    return version
