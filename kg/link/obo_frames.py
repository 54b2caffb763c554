"""Ontologies in OBO format, frame by frame."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import IO, Any

from kg.errors import ReleaseError
from kg.link.obo_terms import OBO, Terms, iri_of

_LICENSE = re.compile(r"(?:dcterms|terms|dc):license\s+\"?(http\S+?)\"?(?:\s|$)")
_RELATION = re.compile(r"(?:BFO|RO):\d+")


def read_frames(stream: IO[bytes], terms: Terms, prefixes: Mapping[str, str]) -> None:
    """Read a file in OBO format.

    Raises:
        ReleaseError: the parser is not installed.
        SyntaxError: it does not parse.
        OSError: it is not UTF-8; without an error number.
    """
    try:
        import fastobo  # at its use: it comes with the extra “link”
    except ImportError as error:
        raise ReleaseError("Reading OBO files needs fastobo. Run: pip install 'sanctuary-kg[link]'") from error
    frames = fastobo.iter(stream, ordered=True, threads=1)
    for clause in frames.header():
        tag, value = clause.raw_tag(), clause.raw_value()
        if tag == "ontology":
            terms.ontology = value
        elif tag == "data-version":
            terms.version = value
        elif tag == "property_value" and (match := _LICENSE.match(value)):
            terms.license = match[1]
    for frame in frames:
        if isinstance(frame, fastobo.typedef.TypedefFrame):
            _read_typedef(frame, terms)
        elif isinstance(frame, fastobo.term.TermFrame):
            _read_frame(frame, terms, prefixes)


def _read_frame(frame: Any, terms: Terms, prefixes: Mapping[str, str]) -> None:
    """One [Term] of an OBO file."""
    iri = iri_of(str(frame.id), prefixes)
    terms.declare(iri)
    for clause in frame:
        tag = clause.raw_tag()
        if tag == "name":
            terms.labels[iri] = clause.name
        elif tag == "is_a":
            terms.parents[iri].append(iri_of(str(clause.term), prefixes))
        elif tag == "synonym" and clause.synonym.scope == "EXACT":
            terms.synonym(iri, clause.synonym.desc)
        elif tag == "relationship":
            terms.relate(iri, str(clause.typedef), iri_of(str(clause.term), prefixes))
        elif tag == "is_obsolete" and clause.obsolete:
            terms.obsolete.add(iri)
        elif tag in ("replaced_by", "consider"):
            terms.offer(iri, tag.replace("_", " "), iri_of(clause.raw_value(), prefixes))
        elif tag == "alt_id":
            terms.offer(iri_of(clause.raw_value(), prefixes), "merged into", iri)


def _read_typedef(frame: Any, terms: Terms) -> None:
    """One [Typedef]: its IRI is that of the relation ontology to which it refers, else one of this ontology."""
    name = str(frame.id)
    values = [(clause.raw_tag(), clause.raw_value()) for clause in frame]
    known = [value.split()[0] for tag, value in values if tag == "xref" and _RELATION.match(value)]
    own = f"{OBO}{terms.ontology.removesuffix('.obo')}#{name}"
    iri = iri_of(known[0], {}) if known else name if "://" in name else iri_of(name, {}) if ":" in name else own
    for alias in (name, *(value for tag, value in values if tag == "name")):
        terms.name_relation(alias, iri)
