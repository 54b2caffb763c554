"""The queries behind what is said of an IRI of ours: one SELECT that says what it is, one CONSTRUCT for a document.

Each function takes an IRI that `server.addresses` has let pass, and puts it into the text between “<” and “>”.
"""

from __future__ import annotations

from kg.link.hierarchy import GRAPHS as TERMINOLOGIES
from kg.namespaces import GRAPH_METADATA, GRAPH_ONTOLOGY

MOST_INCOMING = 1000
"""How many of the triples that point to a thing its document holds."""

_CUT = f"More than {MOST_INCOMING:,} triples point here; this document holds {MOST_INCOMING:,} of them."

PROPERTY_LABELS = """\
SELECT ?property ?label
WHERE {
  VALUES ?kind { owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty }
  ?property a ?kind ; rdfs:label ?label .
}"""
"""The name of each property that has one."""


def what(iri: str) -> str:
    """What an IRI is: ``node``, ``graph``, ``version`` of an ontology, ``retired``, and what ``replaces`` it."""
    return f"""\
SELECT ?what ?value
WHERE {{
  {{ {{ SELECT ?value {{ <{iri}> ?property ?value }} LIMIT 1 }} BIND("node" AS ?what) }}
  UNION {{ {{ SELECT ?value {{ GRAPH <{iri}> {{ ?value ?property ?object }} }} LIMIT 1 }} BIND("graph" AS ?what) }}
  UNION {{ ?value owl:versionIRI <{iri}> BIND("version" AS ?what) }}
  UNION {{ <{iri}> owl:deprecated ?value FILTER(?value = true) BIND("retired" AS ?what) }}
  UNION {{ <{iri}> dcterms:isReplacedBy ?value BIND("replaces" AS ?what) }}
}}"""


def description(iri: str, document: str) -> str:
    """What is said of one thing.

    Its own triples; those of the parts below it and of the parts of these; those of the places in papers where all of
    these are written; the labels of whatever they point to; and what points to it, with labels and cases, up to
    `MOST_INCOMING`. Where there is more, the ``document`` itself says so in an ``rdfs:comment``. Labels that a code has
    in a terminology of the user's own are left out, since they are under its licence.
    """
    nodes = _nodes(iri)
    outside = f'FILTER(!STRSTARTS(STR(?s), "{iri}/"))'
    return f"""\
CONSTRUCT {{
  ?s ?p ?o .
  ?s rdfs:label ?label .
  ?s sanct:ofCase ?case .
  ?case rdfs:label ?name .
  ?document foaf:primaryTopic <{iri}> .
  ?document rdfs:comment "{_CUT}"@en .
}}
WHERE {{
  {{ {nodes} ?node ?p ?o . BIND(?node AS ?s) }}
  UNION {{ {{ SELECT DISTINCT ?s WHERE {{ {nodes} ?node ?property ?s }} }} ?s rdfs:label ?label
    FILTER NOT EXISTS {{
      GRAPH ?theirs {{ ?s rdfs:label ?label }} FILTER(STRSTARTS(STR(?theirs), "{TERMINOLOGIES}"))
    }} }}
  UNION {{ <{iri}> a ?s . ?s rdfs:subClassOf ?o . <{iri}> a ?o . BIND(rdfs:subClassOf AS ?p) }}
  UNION {{
    {{ SELECT ?s ?p WHERE {{ ?s ?p <{iri}> {outside} }} LIMIT {MOST_INCOMING} }}
    BIND(<{iri}> AS ?o)
    OPTIONAL {{ ?s rdfs:label ?label }}
    OPTIONAL {{ ?s sanct:ofCase ?case . ?case rdfs:label ?name }}
  }}
  UNION {{
    {{ SELECT (COUNT(*) AS ?count) {{ SELECT ?s {{ ?s ?p <{iri}> {outside} }} LIMIT {MOST_INCOMING + 1} }} }}
    FILTER(?count > {MOST_INCOMING})
    BIND(<{document}> AS ?document)
  }}
}}"""


def _nodes(iri: str) -> str:
    """A subquery for what a document holds in full; what lies below an IRI is known by the IRI."""
    part = f'<{iri}> ?link ?part . FILTER(STRSTARTS(STR(?part), "{iri}/"))'
    below = 'STRSTARTS(STR(?node), CONCAT(STR(?part), "/"))'
    return f"""{{ SELECT DISTINCT ?node WHERE {{
    {{ BIND(<{iri}> AS ?node) }}
    UNION {{ <{iri}> ?link ?node . FILTER(STRSTARTS(STR(?node), "{iri}/")) }}
    UNION {{ {part} ?part ?property ?node . FILTER(?property = sanct:evidence || {below}) }}
    UNION {{ <{iri}> sanct:evidence ?node }}
    UNION {{ {part} ?part sanct:measurement|sanct:markerResult ?piece . ?piece sanct:evidence ?node }}
  }} }}"""


def graph(iri: str) -> str:
    """All triples of a named graph, and those that describe it."""
    return _whole(iri, iri)


def ontology(iri: str) -> str:
    """The whole ontology, as its graph has it, and what else is said of it."""
    return _whole(GRAPH_ONTOLOGY, iri)


def dataset(iri: str) -> str:
    """All that is said of the dataset and of its parts: the metadata graph."""
    return _whole(GRAPH_METADATA, iri)


def _whole(graph_iri: str, iri: str) -> str:
    """All triples of a graph, those of a thing, and those of the parts that the metadata give it behind a “#”.

    A client that asks for a part drops the “#” and what follows (RFC 9110, section 4.2.5), and so gets the whole.
    """
    return f"""\
CONSTRUCT {{ ?s ?p ?o }}
WHERE {{
  {{ <{iri}> ?p ?o . BIND(<{iri}> AS ?s) }}
  UNION {{ GRAPH <{graph_iri}> {{ ?s ?p ?o }} }}
  UNION {{ GRAPH <{GRAPH_METADATA}> {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), "{iri}#")) }} }}
}}"""


def ontology_outline(iri: str) -> str:
    """What a page shows of an ontology: what is said of it, its schemes with their tops, its classes and properties."""
    return f"""\
CONSTRUCT {{
  ?s ?p ?o .
  ?s a ?type ; rdfs:label ?label ; skos:definition ?definition ; skos:hasTopConcept ?top .
  ?top rdfs:label ?name .
}}
WHERE {{
  {{ <{iri}> ?p ?o . BIND(<{iri}> AS ?s) }}
  UNION {{ {{ <{iri}> ?property ?s }} ?s rdfs:label ?label }}
  UNION {{
    VALUES ?type {{ skos:ConceptScheme owl:Class owl:ObjectProperty owl:DatatypeProperty }}
    ?s rdfs:isDefinedBy <{iri}> ; a ?type ; rdfs:label ?label .
    FILTER NOT EXISTS {{ ?s skos:inScheme ?scheme }}
    OPTIONAL {{ ?s skos:definition ?definition }}
    OPTIONAL {{ ?s skos:hasTopConcept ?top . ?top rdfs:label ?name }}
  }}
}}"""
