"""The dataset and its graphs in VoID: how much there is, what links to what, and where an example is.

VoID is “Describing Linked Datasets with the VoID Vocabulary” (W3C Interest Group Note, 3 March 2011); the partition by
datatype is that of http://ldf.fi/void-ext#.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pyoxigraph import NamedNode, Quad, Triple

from kg import namespaces as ns
from kg.describe.counting import Counts, count
from kg.triples.node import Properties, Value, expand, integer, node_quads, text

GRAPH = NamedNode(ns.GRAPH_METADATA)
DATASET = NamedNode(ns.DATASET)
SERVICE = NamedNode(ns.SERVICE)
_MATCHES = {f"{ns.PREFIXES['skos']}{kind}Match" for kind in ("exact", "close", "broad", "narrow")}


def void_quads(quads: Sequence[Quad], terminologies: Mapping[str, str]) -> Iterator[Quad]:
    """The dataset, each named graph as a subset of it, and the linksets (VoID, sections 4 and 5).

    The counts of the dataset are those of the merge of the graphs, in which a triple counts once. They leave out:

    - the metadata graph, which holds them, and so also the triples by which the default graph of the endpoint is
      larger;
    - of the entities, what lies outside ``void:uriSpace``: terms of other vocabularies that the ontology declares;
    - below the classes that are concepts of a vocabulary (``sanct:BonePain``) all but the number of members; they
      are left out as classes of objects too. The classes of the case model stand for them; the graph would be
      larger than what it describes;
    - below the named graphs, all but the number of members of each class.

    A node with several classes counts in each of them, so partitions do not add up to their whole.

    Args:
        quads: all quads but those of the metadata graph.
        terminologies: prefix and namespace of each terminology that a mapping may lead to.

    Raises:
        ValueError: a mapping leads to none of the terminologies.
    """
    graphs: dict[str, dict[Triple, None]] = {}
    union: dict[Triple, None] = {}
    for quad in quads:
        triple = quad.triple
        union[triple] = None
        if isinstance(quad.graph_name, NamedNode):
            graphs.setdefault(quad.graph_name.value, {})[triple] = None
    whole = count(union)
    yield from facts(DATASET, _statistics(whole))
    yield from facts(DATASET, {"void:subset": [NamedNode(name) for name in sorted(graphs)]})
    yield from _divided(whole)
    for name, triples in sorted(graphs.items()):
        counts = count(triples)
        yield from facts(NamedNode(name), _statistics(counts))
        yield from _classes(name, counts)
    yield from _linksets(graphs.get(ns.GRAPH_MAPPINGS, {}), terminologies)


def facts(subject: NamedNode, properties: Properties) -> Iterator[Quad]:
    """Quads about a node that is not typed and labelled here."""
    for name, value in properties.items():
        if value is not None:
            for one in (value,) if isinstance(value, Value) else value:
                yield Quad(subject, expand(name), one, GRAPH)


def _statistics(counts: Counts) -> Properties:
    """VoID, sections 4.1, 4.3, 4.4 and 4.6."""
    return {
        "void:uriSpace": text(ns.BASE),
        "void:sparqlEndpoint": SERVICE,
        "void:triples": integer(counts.triples),
        "void:entities": integer(counts.entities),
        "void:distinctSubjects": integer(counts.subjects),
        "void:distinctObjects": integer(counts.objects),
        "void:properties": integer(len(counts.properties)),
        "void:classes": integer(len(counts.classes)),
        "void:vocabulary": [NamedNode(iri) for iri in _vocabularies([*counts.properties, *counts.classes])],
        "void:exampleResource": [NamedNode(iri) for iri in counts.examples],
    }


def _vocabularies(terms: Iterable[str]) -> list[str]:
    """Of ours the IRI of the ontology, of the others their namespaces."""
    spaces = [space for space in ns.PREFIXES.values() if space != ns.BASE]
    found = {max((s for s in spaces if iri.startswith(s)), key=len, default=None) for iri in terms}
    return sorted(ns.ONTOLOGY if space == ns.SANCT else space for space in found if space is not None)


def _classes(whole: str, counts: Counts) -> Iterator[Quad]:
    """The number of members of each class (VoID, section 4.5)."""
    for one, members in counts.classes.items():
        partition = NamedNode(ns.part(whole, "class", one))
        yield from facts(NamedNode(whole), {"void:classPartition": partition})
        yield from facts(partition, {"void:class": NamedNode(one), "void:entities": integer(members)})


def _divided(counts: Counts) -> Iterator[Quad]:
    """The dataset by class, property, and class or datatype of the object (VoID, section 4.5)."""
    yield from _classes(ns.DATASET, counts)
    for property_, times in counts.properties.items():
        yield from _share(ns.DATASET, [], ["property", property_], times)
    for (one, property_), times in counts.used().items():
        yield from _share(ns.DATASET, ["class", one], ["property", property_], times)
    for (one, property_, other), times in counts.links().items():
        yield from _share(ns.DATASET, ["class", one, "property", property_], ["class", other], times)
    for (one, property_, datatype), times in counts.literals().items():
        yield from _share(ns.DATASET, ["class", one, "property", property_], ["datatype", datatype], times)


_KINDS = {
    "class": ("void:classPartition", "void:class"),
    "property": ("void:propertyPartition", "void:property"),
    "datatype": ("void-ext:datatypePartition", "void-ext:datatype"),
}


def _share(whole: str, above: list[str], last: list[str], times: int) -> Iterator[Quad]:
    """One partition with its number of triples, and the link to it from the partition above."""
    kind, iri = last
    link, names = _KINDS[kind]
    parent = NamedNode(ns.part(whole, *above) if above else whole)
    partition = NamedNode(ns.part(whole, *above, *last))
    yield from facts(parent, {link: partition})
    yield from facts(partition, {names: NamedNode(iri), "void:triples": integer(times)})


def _linksets(mappings: Iterable[Triple], terminologies: Mapping[str, str]) -> Iterator[Quad]:
    """One linkset for each other terminology and each kind of match (VoID, section 5)."""
    sizes: Counter[tuple[str, str]] = Counter()
    for triple in mappings:
        # Beside each match the graph has the record that justifies it; that is no link to another dataset.
        if triple.predicate.value not in _MATCHES:
            continue
        assert isinstance(triple.object, NamedNode)
        iri = triple.object.value
        _, prefix = max((len(space), p) for p, space in terminologies.items() if iri.startswith(space))
        sizes[prefix, triple.predicate.value] += 1
    for prefix in sorted({prefix for prefix, _ in sizes}):
        space = {"void:uriSpace": text(terminologies[prefix])}
        yield from node_quads(GRAPH, _terminology(prefix), ["void:Dataset"], prefix, space)
    for (prefix, predicate), times in sorted(sizes.items()):
        linkset = NamedNode(ns.part(ns.GRAPH_MAPPINGS, "linkset", prefix, predicate))
        yield from facts(NamedNode(ns.GRAPH_MAPPINGS), {"void:subset": linkset})
        yield from node_quads(
            GRAPH,
            linkset,
            ["void:Linkset"],
            f"{ns.shrink(predicate)} to {prefix}",
            {
                "void:subjectsTarget": DATASET,
                "void:objectsTarget": _terminology(prefix),
                "void:linkPredicate": NamedNode(predicate),
                "void:triples": integer(times),
            },
        )


def _terminology(prefix: str) -> NamedNode:
    return NamedNode(ns.part(ns.DATASET, "terminology", prefix))
