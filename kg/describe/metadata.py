"""The metadata graph: the dataset for catalogues (DCAT) and for programs that ask it (VoID, Service Description).

DCAT is “Data Catalog Vocabulary, Version 3” (W3C Recommendation, 22 August 2024), the service description “SPARQL 1.1
Service Description” (W3C Recommendation, 21 March 2013).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pyoxigraph import Literal, NamedNode, Quad

from kg import __version__
from kg import namespaces as ns
from kg.describe.dumps import Dump
from kg.describe.questions import question_quads
from kg.describe.void import DATASET, GRAPH, SERVICE, facts, void_quads
from kg.graph import Inputs
from kg.questions import Question
from kg.triples.node import Properties, any_uri, integer, node_quads, partial_date, text

TITLE = "Sanctuary KG: case reports of leukemia outside the marrow"
DESCRIPTION = (
    "Published case reports of leukemia outside the marrow as one graph in which every statement points to its place "
    "in a paper: diagnoses, episodes, findings that were present, absent or not reported, investigations, treatments "
    "and outcomes, with an OWL ontology, what a reasoner infers from it, and mappings to other terminologies. The "
    "numbers describe the cases that were published and read; they are not frequencies or risks, and nothing here is "
    "medical advice. The counts and the files to download cover every graph but the metadata graph, since no file can "
    "state its own size."
)
KEYWORDS = (
    *("leukemia", "extramedullary relapse", "neuroleukemiosis", "myeloid sarcoma"),
    *("case reports", "knowledge graph", "SPARQL", "RDF", "OWL"),
)
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
RESULT_FORMATS = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "JSON-LD", "RDF_XML", "TriG", "N-Quads"),
)
"""What the endpoint answers in, by the names of http://www.w3.org/ns/formats/; a test holds them against the server."""

_RULES = "OWL 2 direct semantics: class membership and class hierarchy"
_HOME = NamedNode(ns.BASE)
_CONTRIBUTORS = NamedNode(ns.part(ns.DATASET, "contributors"))
_SERVED = NamedNode(ns.part(ns.SERVICE, "dataset"))
_DEFAULT_GRAPH = NamedNode(ns.part(ns.SERVICE, "default-graph"))


def metadata_quads(
    quads: Sequence[Quad],
    inputs: Inputs,
    reasoner: str,
    dumps: Sequence[Dump] = (),
    questions: Sequence[Question] = (),
) -> Iterator[Quad]:
    """All that the dataset says of itself.

    Args:
        quads: all quads of the other graphs.
        inputs: what they were made of; the newest curation date becomes the date of the dataset.
        reasoner: name and version of the reasoner behind the inferred graph.
        dumps: the files to download.
        questions: the competency questions that can be asked of it.
    """
    names = sorted({quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)})
    yield from _dataset(inputs, dumps)
    yield from _graphs(names, reasoner, dumps)
    yield from _service([*names, ns.GRAPH_METADATA])
    yield from _prefixes(ns.ONTOLOGY, ns.PREFIXES)
    yield from _prefixes(ns.GRAPH_MAPPINGS, inputs.mappings.prefixes)
    printed = {f"{record.record}/{one.id}" for record in inputs.curated.records for one in record.statistics}
    yield from question_quads(questions, printed)
    for dump in dumps:
        yield from _distribution(dump)
    yield from void_quads(quads, inputs.mappings.prefixes)


def _dataset(inputs: Inputs, dumps: Sequence[Dump]) -> Iterator[Quad]:
    """The dataset with its people and pages (DCAT, sections 6.4 and 6.6)."""
    whole = [_file(dump) for dump in dumps if dump.of == ns.DATASET]
    yield from node_quads(
        GRAPH,
        DATASET,
        ["void:Dataset", "dcat:Dataset"],
        "Sanctuary KG",
        {
            "dcterms:title": _english(TITLE),
            "dcterms:description": _english(DESCRIPTION),
            "dcterms:license": NamedNode(LICENSE),
            "dcterms:creator": _CONTRIBUTORS,
            "dcterms:publisher": _CONTRIBUTORS,
            "dcterms:issued": partial_date(max(record.curation.date for record in inputs.curated.records)),
            "dcat:version": text(__version__),
            "owl:versionInfo": text(__version__),
            "dcat:keyword": [_english(word) for word in KEYWORDS],
            "dcat:landingPage": _HOME,
            "dcat:distribution": whole,
            "void:dataDump": whole,
            "dcterms:relation": [_file(dump) for dump in dumps if dump.of is None],
        },
    )
    yield from node_quads(GRAPH, _HOME, ["foaf:Document"], "Start page of Sanctuary KG", {})
    name = {"foaf:name": text("Sanctuary KG contributors")}
    yield from node_quads(GRAPH, _CONTRIBUTORS, ["foaf:Agent"], "Sanctuary KG contributors", name)
    # VoID, section 6: the document under a well-known address.
    description = {"foaf:primaryTopic": DATASET}
    page = NamedNode(ns.BASE + ".well-known/void")
    yield from node_quads(GRAPH, page, ["void:DatasetDescription"], "Description of Sanctuary KG", description)


def _graphs(names: Sequence[str], reasoner: str, dumps: Sequence[Dump]) -> Iterator[Quad]:
    """Each named graph, whose IRI stands for the name and for the graph (Service Description, section 3.4.4)."""
    for name in names:
        graph = NamedNode(name)
        label = name.removeprefix(ns.BASE + "graph/").replace("/", " ")
        files = [_file(dump) for dump in dumps if dump.of == name]
        types = ["sd:NamedGraph", "sd:Graph", "void:Dataset", *(["dcat:Dataset"] if files else [])]
        inferred = name == ns.GRAPH_INFERRED
        said: Properties = {
            "sd:name": graph,
            "sd:graph": graph,
            "dcat:distribution": files,
            "ruleSet": text(f"{_RULES}, by {reasoner}") if inferred else None,
        }
        yield from node_quads(GRAPH, graph, types, f"{label} graph", said)
    about = "Describes the dataset and the service. The counts and the files to download leave it out."
    said = {"sd:name": GRAPH, "sd:graph": GRAPH, "dcterms:description": _english(about)}
    yield from node_quads(GRAPH, GRAPH, ["sd:NamedGraph", "sd:Graph"], "metadata graph", said)


def _service(names: Sequence[str]) -> Iterator[Quad]:
    """What the endpoint is and does (Service Description, section 3; DCAT, section 6.9).

    Federation is not claimed, since the endpoint refuses ``SERVICE``. What was inferred is there as triples: asking
    for them takes no entailment.
    """
    sd = ns.PREFIXES["sd"]
    yield from node_quads(
        GRAPH,
        SERVICE,
        ["sd:Service", "dcat:DataService"],
        "SPARQL endpoint of Sanctuary KG",
        {
            "dcterms:title": _english("SPARQL endpoint of Sanctuary KG"),
            "dcterms:conformsTo": NamedNode("https://www.w3.org/TR/sparql11-protocol/"),
            "dcat:endpointURL": SERVICE,
            "dcat:servesDataset": DATASET,
            "sd:endpoint": SERVICE,
            "sd:supportedLanguage": NamedNode(sd + "SPARQL11Query"),
            "sd:feature": NamedNode(sd + "UnionDefaultGraph"),
            "sd:resultFormat": [_form(name) for name in RESULT_FORMATS],
            "sd:defaultEntailmentRegime": NamedNode("http://www.w3.org/ns/entailment/Simple"),
            "sd:defaultDataset": _SERVED,
        },
    )
    parts: Properties = {"sd:defaultGraph": _DEFAULT_GRAPH, "sd:namedGraph": [NamedNode(name) for name in names]}
    yield from node_quads(GRAPH, _SERVED, ["sd:Dataset"], "what the endpoint answers from", parts)
    about = "The union of all named graphs, the metadata graph among them; each triple is in it once."
    said = {"dcterms:description": _english(about)}
    yield from node_quads(GRAPH, _DEFAULT_GRAPH, ["sd:Graph"], "default graph of the endpoint", said)


def _prefixes(owner: str, prefixes: Mapping[str, str]) -> Iterator[Quad]:
    """The prefixes that the endpoint knows, or that the codes of the mappings have (SHACL, section 5.2.1)."""
    for prefix, namespace in prefixes.items():
        declaration = NamedNode(ns.part(owner, "prefix", prefix))
        yield from facts(NamedNode(owner), {"sh:declare": declaration})
        said = {"sh:prefix": text(prefix), "sh:namespace": any_uri(namespace)}
        yield from node_quads(GRAPH, declaration, ["sh:PrefixDeclaration"], f"prefix {prefix}", said)


def _distribution(dump: Dump) -> Iterator[Quad]:
    """A file to download, whose IRI is its address (DCAT, section 6.8).

    DCAT has sizes as ``xsd:nonNegativeInteger``; the store keeps every integer as ``xsd:integer``, which is the same
    value.
    """
    checksum = NamedNode(ns.part(ns.dump(dump.name), "sha256"))
    yield from node_quads(
        GRAPH,
        _file(dump),
        ["dcat:Distribution"],
        dump.name,
        {
            "dcterms:title": _english(dump.title),
            "dcterms:license": NamedNode(LICENSE),
            "dcterms:format": _form(dump.form) if dump.form else None,
            "dcat:accessURL": _file(dump),
            "dcat:downloadURL": _file(dump),
            "dcat:mediaType": NamedNode(MEDIA_TYPES + dump.media_type),
            "dcat:byteSize": integer(len(dump.data)),
            "spdx:checksum": checksum,
        },
    )
    yield from node_quads(
        GRAPH,
        checksum,
        ["spdx:Checksum"],
        f"SHA-256 of {dump.name}",
        {
            "spdx:algorithm": NamedNode(ns.PREFIXES["spdx"] + "checksumAlgorithm_sha256"),
            "spdx:checksumValue": Literal(dump.sha256, datatype=NamedNode(ns.PREFIXES["xsd"] + "hexBinary")),
        },
    )


def _file(dump: Dump) -> NamedNode:
    return NamedNode(ns.dump(dump.name))


def _form(name: str) -> NamedNode:
    return NamedNode(ns.PREFIXES["formats"] + name)


def _english(value: str) -> Literal:
    return Literal(value, language="en")
