"""Ontologies in OBO Graphs JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from kg.link.obo_terms import ALTERNATIVE, LICENSES, OFFERS, SHORTHAND, Terms, iri_of
from kg.namespaces import PREFIXES

_IS_A = ("is_a", PREFIXES["rdfs"] + "subClassOf")
_IDLE = ("xrefs", "definition", "comments", "subsets", "logicalDefinitionAxioms", "equivalentNodesSets")


def read_graphs(stream: IO[bytes], terms: Terms, prefixes: Mapping[str, str]) -> None:
    """Read OBO Graphs JSON; definitions and cross-references are dropped while it is parsed, they are most of it.

    Raises:
        SyntaxError: it is JSON, but not OBO Graphs.
        ValueError: it is not JSON.
    """

    def slim(entry: dict[str, Any]) -> dict[str, Any]:
        for name in _IDLE:
            entry.pop(name, None)
        return entry

    document = json.loads(stream.read(), object_hook=slim)
    graphs = document.get("graphs") if isinstance(document, dict) else None
    try:
        for graph in graphs or ():
            if not terms.ontology:
                meta = graph.get("meta") or {}
                terms.ontology, terms.version = graph.get("id", ""), meta.get("version", "")
                terms.license = next((v["val"] for v in _values(meta) if v.get("pred") in LICENSES), "")
            for node in graph.get("nodes", ()):
                _read_node(node, terms, prefixes)
            for edge in graph.get("edges", ()):
                child, parent = iri_of(edge["sub"], prefixes), iri_of(edge["obj"], prefixes)
                if edge["pred"] in _IS_A:
                    terms.parents.setdefault(child, []).append(parent)
                else:
                    terms.relate(child, edge["pred"], parent)
    except (KeyError, TypeError, AttributeError) as error:
        raise SyntaxError("a node or an edge is not as OBO Graphs has them") from error


def _values(meta: Mapping[str, Any]) -> list[dict[str, Any]]:
    return meta.get("basicPropertyValues") or []


def _read_node(node: Mapping[str, Any], terms: Terms, prefixes: Mapping[str, str]) -> None:
    """One node: a term, or a relation."""
    iri, meta = iri_of(node["id"], prefixes), node.get("meta") or {}
    if node.get("type") == "PROPERTY":
        shorthand = [v["val"] for v in _values(meta) if v.get("pred") == SHORTHAND]
        for alias in (*shorthand, node.get("lbl", ""), iri.rsplit("/", 1)[-1]):
            terms.name_relation(alias, iri)
    elif node.get("type", "CLASS") == "CLASS":
        terms.declare(iri)
        if "lbl" in node:
            terms.labels[iri] = node["lbl"]
        if meta.get("deprecated"):
            terms.obsolete.add(iri)
        for synonym in meta.get("synonyms") or ():
            if synonym.get("pred") == "hasExactSynonym":
                terms.synonym(iri, synonym["val"])
        for value in _values(meta):
            if value.get("pred") in OFFERS:
                terms.offer(iri, OFFERS[value["pred"]], iri_of(value["val"], prefixes))
            elif value.get("pred") == ALTERNATIVE:
                terms.offer(iri_of(value["val"], prefixes), "merged into", iri)
