"""Concepts that the reasoner can be spared, since nothing but the hierarchy speaks of them.

A vocabulary holds more concepts than papers have used so far, and a reasoner looks at every class. A concept without
axioms of its own, that no statement and no other axiom names and that has one concept above it, is below all that this
one is below, and leaving it out changes nothing for the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import BlankNode, NamedNode, Triple

from kg import namespaces as ns
from kg.vocabulary import SUBCLASS_OF

_IN_SCHEME = NamedNode(ns.PREFIXES["skos"] + "inScheme")
_MEMBER = NamedNode(ns.PREFIXES["skos"] + "member")


def idle_concepts(schema: Sequence[Triple], facts: Iterable[Triple]) -> dict[NamedNode, NamedNode]:
    """The concepts that need no reasoning, each with the one concept above it.

    One below two others stays, since these could be disjoint; so does whatever one that stays points to.
    """
    concepts = {t.subject for t in schema if t.predicate == _IN_SCHEME}
    parents: dict[object, list[NamedNode]] = {}
    links: dict[object, set[object]] = {}
    kept: set[object] = {node for fact in facts for node in (fact.subject, fact.object)}
    for triple in schema:
        if triple.subject not in concepts:
            if triple.predicate != _MEMBER:
                kept |= {triple.subject, triple.object}
        elif isinstance(triple.object, BlankNode):
            kept.add(triple.subject)
        elif triple.object in concepts:
            links.setdefault(triple.subject, set()).add(triple.object)
            if triple.predicate == SUBCLASS_OF and isinstance(triple.object, NamedNode):
                parents.setdefault(triple.subject, []).append(triple.object)
            elif not _hierarchical(triple):
                kept.add(triple.subject)
    kept |= {concept for concept in concepts if len(parents.get(concept, ())) != 1}
    waiting = [node for node in kept if node in links]
    while waiting:
        reached = links.get(waiting.pop(), set()) - kept
        kept |= reached
        waiting.extend(reached)
    return {node: parents[node][0] for node in concepts - kept if isinstance(node, NamedNode)}


def _hierarchical(triple: Triple) -> bool:
    """Whether a triple only says what is part of what, or which concept is broader."""
    return triple.predicate.value in (ns.term("partOf"), ns.PREFIXES["skos"] + "broader")


def subclasses_of_idle(
    idle: Mapping[NamedNode, NamedNode], subclasses: Iterable[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Each idle concept with all classes above it, out of those above the others as the reasoner found them."""
    above: dict[str, set[str]] = {}
    for child, parent in subclasses:
        above.setdefault(child, {child}).add(parent)
    found: set[tuple[str, str]] = set()
    for concept in idle:
        node: NamedNode = concept
        while node in idle:
            node = idle[node]
            found.add((concept.value, node.value))
        found |= {(concept.value, parent) for parent in above.get(node.value, ())}
    return found
