"""What every statement of one paper shares: its graph, its paper, its curation, and how names become IRIs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode

from kg import namespaces as ns
from kg.records.case import Case, Statement
from kg.records.fields import Evidence
from kg.triples.node import Properties, concept, decimal
from kg.vocabulary import Vocabulary


@dataclass(frozen=True)
class Context:
    """One paper while its statements are written down."""

    record: str
    vocabulary: Vocabulary

    @property
    def graph(self) -> NamedNode:
        """The named graph of the paper."""
        return NamedNode(ns.paper_graph(self.record))

    @property
    def paper(self) -> NamedNode:
        """The paper itself."""
        return NamedNode(ns.reference(self.record))

    @property
    def curation(self) -> NamedNode:
        """The activity that took the statements from the paper."""
        return NamedNode(ns.curation(self.record))

    def place(self, evidence: Evidence) -> NamedNode:
        """IRI of a piece of evidence, which must be anchored."""
        assert evidence.start is not None
        assert evidence.end is not None
        return NamedNode(ns.evidence(self.record, evidence.start, evidence.end))

    def provenance(self, evidence: Iterable[Evidence]) -> Properties:
        """Where a node comes from: places in the paper, the paper, the curation."""
        return {
            "evidence": list(dict.fromkeys(self.place(e) for e in evidence)),
            "prov:wasDerivedFrom": self.paper,
            "prov:wasGeneratedBy": self.curation,
        }

    def statement(self, statement: Statement) -> Properties:
        """Where a statement comes from, and how sure the paper and the curator are of it."""
        return {
            **self.provenance(statement.evidence),
            "certainty": concept(statement.certainty),
            "confidence": decimal(statement.confidence),
        }

    def label(self, name: str) -> str:
        """Label of a concept."""
        return self.vocabulary.concepts[name].label

    def is_a(self, name: str, ancestor: str) -> bool:
        """Whether a concept is, or lies below, another."""
        return ancestor in self.vocabulary.ancestors(name)


@dataclass(frozen=True)
class Names:
    """IRIs of the statements of one case as one paper tells it."""

    case: Case
    record: str

    @property
    def subject(self) -> NamedNode:
        """The case."""
        return NamedNode(ns.case(self.case.case))

    def of(self, kind: str, statement: Statement, topic: str) -> NamedNode:
        """IRI of a statement: by its ``id``, else by its topic and a hash of what it says."""
        name = statement.id
        if name is None:
            said = statement.model_dump_json(exclude={"evidence", "confidence"}, exclude_defaults=True)
            name = f"{ns.slugify(topic)}-{ns.short_hash(said)}"
        return self._iri(kind, name)

    def named(self, *names: str) -> list[NamedNode]:
        """IRIs of statements of this case by their ids, whatever their kind."""
        return [self._iri(self._kinds[name], name) for name in names]

    def _iri(self, kind: str, name: str) -> NamedNode:
        primary = self.case.told == "primary"
        return NamedNode(ns.statement(self.case.case, self.record, kind, name, primary=primary))

    @cached_property
    def _kinds(self) -> dict[str, str]:
        return {item.id: kind for kind, item in statements(self.case) if item.id is not None}


def statements(case: Case) -> list[tuple[str, Statement]]:
    """Every statement of a case with the kind that stands in its IRI."""
    return [
        ("description", case.patient),
        *(("diagnosis", item) for item in case.diagnoses),
        *(("episode", item) for item in case.episodes),
        *(("finding", item) for item in case.findings),
        *(("investigation", item) for item in case.investigations),
        *(("treatment", item) for item in case.treatments),
        *(("outcome", item) for item in case.outcomes),
        *(("differential", item) for item in case.differentials),
        *(("event", item) for item in case.timeline),
        *(("possible-identity", item) for item in case.possibly_same_patient),
        *(("excluded-identity", item) for item in case.not_same_patient),
    ]
