"""Which format an answer takes: the client's Accept header or ``format`` held against what a query can give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

HTML = "text/html"


@dataclass(frozen=True)
class Format:
    """A way to write an answer down.

    ``name`` is what the ``format`` parameter calls it; ``media_type`` is what goes into Content-Type; ``syntax`` is
    the media type that the engine knows it by.
    """

    name: str
    media_type: str
    syntax: str


def _format(name: str, media_type: str, syntax: str | None = None) -> Format:
    return Format(name, media_type, syntax or media_type)


PAGE = _format("html", HTML, "rows")

RESULT_FORMATS = (
    _format("json", "application/sparql-results+json"),
    _format("xml", "application/sparql-results+xml"),
    _format("csv", "text/csv"),
    _format("tsv", "text/tab-separated-values"),
    # Clients that ask for plain JSON get it under that name, or they would refuse the answer.
    _format("json", "application/json", "application/sparql-results+json"),
    PAGE,
)
"""For SELECT and ASK; the first is the default."""

GRAPH_FORMATS = (
    _format("turtle", "text/turtle"),
    _format("ntriples", "application/n-triples"),
    _format("jsonld", "application/ld+json"),
    _format("rdfxml", "application/rdf+xml"),
    _format("trig", "application/trig"),
    _format("nquads", "application/n-quads"),
    PAGE,
)
"""For CONSTRUCT and DESCRIBE; the first is the default."""


def ranked(accept: str, offers: Sequence[Format]) -> tuple[Format, ...]:
    """The offers that a client takes, the highest quality first (RFC 9110, section 12.5.1), then in their own order.

    No Accept header, or an empty one, accepts everything.
    """
    return _ranked(accept, tuple(offers))


@lru_cache(maxsize=1024)
def _ranked(header: str, offers: tuple[Format, ...]) -> tuple[Format, ...]:
    """The same for the header as text; clients send few different ones."""
    if not header:
        return offers
    plain = _without_parameters(parse_accept_header(header, MIMEAccept))
    taken = [offer for offer in offers if plain.quality(offer.media_type) > 0]
    return tuple(sorted(taken, key=lambda offer: -plain.quality(offer.media_type)))


def named(name: str, offers: Sequence[Format]) -> Format | None:
    """The offer that ``format`` names, by its short name or its media type."""
    wanted = name.strip().lower()
    return next((offer for offer in offers if wanted in (offer.name, offer.media_type)), None)


def prefers_html(accept: MIMEAccept, others: Sequence[str] = ("application/problem+json", "application/json")) -> bool:
    """Whether a client would rather have a page than any of the other media types: browsers would."""
    plain = _without_parameters(accept)
    html = plain.quality(HTML)
    return html > 0 and all(html > plain.quality(other) for other in others)


def _without_parameters(accept: MIMEAccept) -> MIMEAccept:
    # “text/turtle;charset=utf-8” means Turtle; werkzeug would hold the parameter against it.
    return MIMEAccept([(value.partition(";")[0].strip(), quality) for value, quality in accept])
