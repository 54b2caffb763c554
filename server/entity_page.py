"""What the page about a thing shows, in which order: a case as a clinic tells one, a concept as a thesaurus does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.namespaces import BASE, PREFIXES, SANCT
from server.entity_told import EVIDENCE, LABEL, TYPE, Entry, Fact, Place, Told, Value, natural

_SKOS, _OWL, _RDFS, _PROV = (PREFIXES[prefix] for prefix in ("skos", "owl", "rdfs", "prov"))
_DEFINITION = _SKOS + "definition"
_BROADER = _SKOS + "broader"
_SUBCLASS = _RDFS + "subClassOf"
_OF_CASE = SANCT + "ofCase"
_SITE, _INVOLVEMENT, _CERTAINTY, _ORDER = (SANCT + name for name in ("site", "involvement", "certainty", "order"))
_STATUS, _FINDING_TYPE = SANCT + "status", SANCT + "findingType"
_PRIMARY_TOPIC = PREFIXES["foaf"] + "primaryTopic"
_COMMENT = _RDFS + "comment"
_TOP_CONCEPT = _SKOS + "hasTopConcept"

_FEW = 12

# Codes of other terminologies have a part of the page to themselves: `server.entity_codes`.
_MATCHES = [_SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch")]
_FIRST = [
    *(PREFIXES["dcterms"] + name for name in ("title", "description")),
    *(SANCT + name for name in ("authorship", "journal")),
    PREFIXES["dcterms"] + "issued",
    *(SANCT + name for name in ("sex", "ageInYears", "ageAtLeastInYears", "ageBelowInYears")),
    *(SANCT + name for name in ("reportedIn", "summarisedIn", "findingType", "status", "modality", "result", "site")),
    *(PREFIXES["oa"] + name for name in ("exact", "start", "end")),
    _SKOS + "altLabel",
    _BROADER,
]

# Sections of a case in the order of the clinic: heading, and the property that leads from the case.
_CLINIC = (
    ("Who", "description"),
    ("Diagnosis", "diagnosis"),
    ("Episodes", "episode"),
    ("Findings", "finding"),
    ("Investigations", "investigation"),
    ("Treatments", "treatment"),
    ("Outcome", "outcome"),
    ("Differential diagnoses", "differential"),
    ("Timeline", "timelineEvent"),
    ("Possibly the same patient elsewhere", "possibleIdentity"),
    ("Another patient elsewhere who looks like this one", "excludedIdentity"),
)
_STATUSES = (("Present", "Findings present"), ("Absent", "Findings absent"), ("NotReported", "Findings not reported"))

# Headings of other parts by the property that leads to them; without one, the property's own name.
_PARTS = {
    "authorship": "Authors",
    "statistic": "Numbers that the paper gives",
    "involvement": "Places of the body",
    "measurement": "Measurements",
    "markerResult": "Markers",
    "dose": "Doses",
    "reason": "Reasons",
}

# What an entry's label says already, or its place, or its heading.
_SAID = {
    TYPE,
    LABEL,
    EVIDENCE,
    _OF_CASE,
    _ORDER,
    *(_PROV + name for name in ("wasDerivedFrom", "wasGeneratedBy")),
    *(SANCT + name for name in ("confidence", "findingType", "status", "modality", "result", "treatmentType")),
    *(SANCT + name for name in ("condition", "differentialStatus", "eventType", "leukemiaType", "measurementType")),
    *(SANCT + name for name in ("vitalStatus", "causeOfDeath", "marker", "expression", "trait", "measure")),
    PREFIXES["foaf"] + "name",
}


@dataclass(frozen=True)
class Group:
    """Entries under a heading."""

    title: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class EntityPage:
    """What the page about one thing shows; whatever is empty has no place on it."""

    title: str
    types: Sequence[Value]
    definitions: Sequence[Value]
    hierarchy: Sequence[Fact]
    facts: Sequence[Fact]
    groups: Sequence[Group]
    uses: Sequence[Fact]
    incoming: Sequence[Fact]
    notes: Sequence[str]
    places: Sequence[Place]


def entity_page(told: Told, iri: str) -> EntityPage:
    """The page about a thing.

    Args:
        told: the triples of its document.
        iri: the thing.
    """
    about, types = told.about(iri), told.iris(iri, TYPE)
    below = [prop for prop in about if any(one.startswith(iri + "/") for one in told.iris(iri, prop))]
    hidden = {TYPE, EVIDENCE, _DEFINITION, *below, *_parts(told, iri)}
    if len(about.get(LABEL, [])) == 1:
        # A preferred label repeats the label.
        hidden |= {LABEL, _SKOS + "prefLabel"}
    incoming = {
        prop: {one for one in those if one != iri and (LABEL in told.about(one) or not _is_part(one))}
        for prop, those in told.incoming(iri).items()
    }
    hierarchy: list[Fact] = []
    uses: list[Fact] = []
    if _SKOS + "Concept" in types:
        hidden |= {_BROADER, *_MATCHES}
        wider = (("broader", told.iris(iri, _BROADER)), ("narrower", incoming.pop(_BROADER, set())))
        hierarchy = [Fact(Value(word), _things(told, those)) for word, those in wider if those]
    if iri.startswith(SANCT):
        uses, incoming = _uses(told, incoming)
    documents = told.incoming(iri).get(_PRIMARY_TOPIC, [])
    special, general = _types(told, iri)
    return EntityPage(
        title=told.label(iri),
        types=special,
        definitions=told.values(about.get(_DEFINITION, [])),
        hierarchy=hierarchy,
        facts=[*told.facts(iri, hidden, _FIRST), *([Fact(Value("more general type"), general)] if general else [])],
        groups=_clinic(told, iri, below) if SANCT + "Case" in types else _groups(told, iri, below),
        uses=uses,
        incoming=_incoming(told, incoming),
        notes=[text for one in documents for text in told.texts(one, _COMMENT)],
        places=told.places(iri),
    )


def _parts(told: Told, iri: str) -> list[str]:
    """Properties that lead to parts behind a “#” and to nothing else: how often each class stands in a graph, say.

    There are hundreds. The other formats have them.
    """
    found = {prop: told.iris(iri, prop) for prop in told.about(iri)}
    return [prop for prop, those in found.items() if len(those) > _FEW and all(_is_part(one, iri) for one in those)]


def _is_part(one: str, iri: str = BASE) -> bool:
    return one.startswith(iri) and "#" in one


def _types(told: Told, iri: str) -> tuple[list[Value], list[Value]]:
    """The types of a thing: those that no other of them is a kind of, and the rest."""
    types = set(told.iris(iri, TYPE))
    wider = {one: set(told.iris(one, _SUBCLASS)) - {one} for one in types}
    general = {one for one in types for other in types if one in wider[other] and other not in wider[one]}
    return _things(told, types - general), _things(told, general)


def _things(told: Told, iris: Iterable[str]) -> list[Value]:
    return sorted((told.thing(one) for one in set(iris)), key=lambda value: natural(value.text))


def _clinic(told: Told, iri: str, below: Sequence[str]) -> list[Group]:
    """The statements of a case in the order of the clinic; whatever has no place in it comes last."""
    groups: list[Group] = []
    for title, name in _CLINIC:
        statements = told.iris(iri, SANCT + name)
        if name != "finding":
            groups.append(_group(told, title, statements))
            continue
        left = set(statements)
        for status, heading in _STATUSES:
            those = [one for one in statements if SANCT + status in told.iris(one, _STATUS)]
            left -= set(those)
            groups.append(_group(told, heading, those, topic=_FINDING_TYPE))
        groups.append(_group(told, "Other findings", left))
    known = {SANCT + name for _, name in _CLINIC}
    rest = [prop for prop in below if prop not in known]
    return [*(group for group in groups if group.entries), *_groups(told, iri, rest)]


def _groups(told: Told, iri: str, below: Iterable[str]) -> list[Group]:
    """The parts below a thing, under the properties that lead to them."""

    def heading(prop: str) -> str:
        name = told.property_name(prop).text
        return _PARTS.get(prop.removeprefix(SANCT), name[:1].upper() + name[1:])

    groups = [_group(told, heading(prop), told.iris(iri, prop)) for prop in below]
    return sorted(groups, key=lambda group: group.title)


def _group(told: Told, title: str, iris: Iterable[str], topic: str | None = None) -> Group:
    def place(iri: str) -> tuple[list[tuple[int, int, str]], list[tuple[int, int, str]]]:
        return natural(next(iter(told.texts(iri, _ORDER)), "x")), natural(told.label(iri))

    return Group(title, [_entry(told, one, topic) for one in sorted(set(iris), key=place)])


def _entry(told: Told, iri: str, topic: str | None) -> Entry:
    """A statement: by the label of its topic where the heading says the rest, else by its own."""
    name = told.thing(iri)
    topics = told.iris(iri, topic) if topic else []
    if topics:
        name = Value(", ".join(told.label(one) for one in topics), name.href, title=iri)
    hidden = set(_SAID)
    if told.iris(iri, _INVOLVEMENT):
        # A place of involvement says the site, and its side with it.
        hidden.add(_SITE)
    if told.iris(iri, _CERTAINTY) == [SANCT + "Confirmed"]:
        hidden.add(_CERTAINTY)
    return Entry(name, told.facts(iri, hidden, _FIRST), told.places(iri))


def _uses(told: Told, incoming: Mapping[str, set[str]]) -> tuple[list[Fact], dict[str, set[str]]]:
    """Statements about cases that point to a term, case by case, and what else points to it."""
    by_case: dict[str, set[str]] = {}
    for statement in set().union(*incoming.values()):
        for case in told.iris(statement, _OF_CASE):
            by_case.setdefault(case, set()).add(statement)
    said = set().union(*by_case.values())
    # The parts of a statement that say the same of the term lie below it: ``…/finding/pain/site/left-leg``.
    left = {
        prop: {one for one in those - said if one.rsplit("/", 2)[0] not in said} for prop, those in incoming.items()
    }
    rest = {prop: those for prop, those in left.items() if those}
    uses = [Fact(told.thing(case), _things(told, those)) for case, those in by_case.items()]
    return sorted(uses, key=lambda use: natural(use.name.text)), rest


def _incoming(told: Told, incoming: Mapping[str, set[str]]) -> list[Fact]:
    shown = [
        Fact(told.property_name(prop), _things(told, those))
        for prop, those in incoming.items()
        if those and prop != _PRIMARY_TOPIC
    ]
    return sorted(shown, key=lambda fact: fact.name.text)


@dataclass(frozen=True)
class Scheme:
    """A vocabulary: what it is of, and its topmost concepts."""

    name: Value
    definitions: Sequence[Value]
    tops: Sequence[Value]


@dataclass(frozen=True)
class OntologyPage:
    """What the page about the ontology shows."""

    title: str
    facts: Sequence[Fact]
    schemes: Sequence[Scheme]
    classes: Sequence[Scheme]
    properties: Sequence[Scheme]


def ontology_page(told: Told, iri: str) -> OntologyPage:
    """The page about the ontology: what it is, its schemes, the classes of its case model and its properties."""

    def terms(*kinds: str) -> list[Scheme]:
        found = {one for kind in kinds for one in told.incoming(kind).get(TYPE, []) if one.startswith(SANCT)}
        return [
            Scheme(
                told.thing(one),
                told.values(told.about(one).get(_DEFINITION, [])),
                _things(told, told.iris(one, _TOP_CONCEPT)),
            )
            for one in sorted(found, key=lambda term: natural(told.label(term)))
        ]

    return OntologyPage(
        title=next(iter(told.texts(iri, PREFIXES["dcterms"] + "title")), told.label(iri)),
        facts=told.facts(iri, {TYPE, LABEL, PREFIXES["dcterms"] + "title", *_parts(told, iri)}, _FIRST),
        schemes=terms(_SKOS + "ConceptScheme"),
        classes=terms(_OWL + "Class"),
        properties=terms(_OWL + "ObjectProperty", _OWL + "DatatypeProperty"),
    )
