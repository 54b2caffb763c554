"""One case as one paper tells it, as quads of the graph of that paper."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, Quad

from kg import namespaces as ns
from kg.records import case as model
from kg.triples.context import Context, Names, statements
from kg.triples.labels import about, case_label
from kg.triples.node import (
    Properties,
    any_uri,
    boolean,
    concept,
    concepts,
    decimal,
    integer,
    node_quads,
    partial_date,
    text,
)
from kg.triples.parts import (
    age_properties,
    age_words,
    dose_iri,
    dose_quads,
    marker_quads,
    marker_topic,
    measurement_quads,
    part_iri,
    site_properties,
    site_quads,
)

Drafted = tuple[list[str], str, Properties]
"""Types, label and own properties of a statement."""


def case_quads(case: model.Case, context: Context) -> Iterator[Quad]:
    """The case, and every statement about it."""
    yield from _CaseWriter(case, context).quads()


class _CaseWriter:
    """Writes the statements of one case; each method below ``quads`` is one class of the case model."""

    def __init__(self, case: model.Case, context: Context) -> None:
        self.case, self.context = case, context
        self.names = Names(case, context.record)
        self.graph = context.graph

    def quads(self) -> Iterator[Quad]:
        case = self.case
        told_by = case.primary_reference or self.context.record
        retold = None if case.told == "primary" else self.context.paper
        same = [NamedNode(ns.reference(item.reference)) for item in case.possibly_same_patient]
        yield from node_quads(
            self.graph,
            self.names.subject,
            ["Case"],
            case_label(case.case),
            {
                "dcterms:identifier": text(case.case),
                "reportedIn": NamedNode(ns.reference(told_by)),
                "summarisedIn": retold,
                "possiblySamePatientIn": same,
                "sex": concept(case.patient.sex),
                **age_properties(case.patient.age),
            },
        )
        yield from self._statement("description", case.patient, "patient", self._patient(case.patient))
        for diagnosis in case.diagnoses:
            yield from self._statement("diagnosis", diagnosis, diagnosis.leukemia, self._diagnosis(diagnosis))
        for episode in case.episodes:
            yield from self._episode(episode)
        for finding in case.findings:
            yield from self._finding(finding)
        for investigation in case.investigations:
            yield from self._investigation(investigation)
        for treatment in case.treatments:
            yield from self._treatment(treatment)
        for outcome in case.outcomes:
            yield from self._statement("outcome", outcome, outcome.vital_status, self._outcome(outcome))
        for differential in case.differentials:
            topic = differential.condition
            yield from self._statement("differential", differential, topic, self._differential(differential))
        for event in case.timeline:
            yield from self._statement("event", event, event.event, self._event(event), link="timelineEvent")
        for identity in case.possibly_same_patient:
            label = f"possibly the patient of {identity.reference}"
            yield from self._identity(identity, "PossibleIdentity", "possible-identity", label)
        for other in case.not_same_patient:
            label = f"not the patient of {other.case or other.reference}"
            yield from self._identity(other, "ExcludedIdentity", "excluded-identity", label)

    def _statement(
        self, kind: str, statement: model.Statement, topic: str, drafted: Drafted, link: str | None = None
    ) -> Iterator[Quad]:
        subject = self.names.of(kind, statement, topic)
        yield Quad(self.names.subject, NamedNode(ns.term(link or kind)), subject, self.graph)
        types, label, properties = drafted
        shared = {"ofCase": self.names.subject, **self.context.statement(statement)}
        yield from node_quads(self.graph, subject, types, label, {**properties, **shared})

    def _patient(self, patient: model.Patient) -> Drafted:
        who = [None if patient.sex is None else self.context.label(patient.sex), age_words(patient.age)]
        known = ", ".join(word for word in who if word)
        label = f"patient of {case_label(self.case.case)}" + (f": {known}" if known else "")
        return ["PatientDescription"], label, {"sex": concept(patient.sex), **age_properties(patient.age)}

    def _diagnosis(self, diagnosis: model.Diagnosis) -> Drafted:
        at = diagnosis.age
        properties: Properties = {
            "leukemiaType": concept(diagnosis.leukemia),
            "ageAtDiagnosisInYears": None if at is None else decimal(at.years),
            "date": partial_date(diagnosis.date),
            "immunophenotypeText": text(diagnosis.immunophenotype),
        }
        return ["Diagnosis", diagnosis.leukemia], self.context.label(diagnosis.leukemia), properties

    def _episode(self, episode: model.Episode) -> Iterator[Quad]:
        subject = self.names.of("episode", episode, "episode")
        remission = episode.remission or model.Remission()
        # With one diagnosis there is nothing to name; with several, an episode without a name belongs to none.
        named = [d for d in self.case.diagnoses if len(self.case.diagnoses) == 1 or d.id == episode.of is not None]
        properties: Properties = {
            "order": integer(episode.order),
            "ofDiagnosis": [self.names.of("diagnosis", d, d.leukemia) for d in named],
            "remissionAtOnset": concept(episode.onset),
            "remissionYearsAtLeast": decimal(remission.at_least),
            "remissionYearsBelow": decimal(remission.below),
            "extent": concept(episode.extent),
            "marrowStatus": concept(episode.marrow),
            "csfStatus": concept(episode.csf),
            "confirmedBy": self.names.named(*episode.confirmed_by),
            "followsEpisode": self.names.named(*([episode.after] if episode.after else [])),
            **site_properties(subject, episode.sites),
        }
        label = f"episode {episode.order}: {about(self.context, episode)}"
        yield from self._statement("episode", episode, "episode", (["Episode"], label, properties))
        yield from site_quads(self.context, subject, episode.sites)

    def _finding(self, finding: model.Finding) -> Iterator[Quad]:
        subject = self.names.of("finding", finding, finding.finding)
        present = finding.status == "Present"
        # What is absent or not reported is never an instance of the thing.
        types = ["Finding", finding.finding] if present else ["Finding"]
        label = f"{self.context.label(finding.finding)}: {self.context.label(finding.status)}"
        properties: Properties = {
            "findingType": concept(finding.finding),
            "status": concept(finding.status),
            "severity": concept(finding.severity),
            "quality": concepts(finding.quality),
            "course": concepts(finding.course),
            "durationInMonths": decimal(finding.duration_months),
            "shownBy": self.names.named(*finding.shown_by),
            "duringEpisode": self._during(finding.episode),
            "measurement": [part_iri(subject, "measurement", m, m.type) for m in finding.measurements],
            **site_properties(subject, finding.sites),
        }
        yield from self._statement("finding", finding, finding.finding, (types, label, properties))
        yield from site_quads(self.context, subject, finding.sites)
        yield from measurement_quads(self.context, self.names, subject, finding.measurements)

    def _investigation(self, investigation: model.Investigation) -> Iterator[Quad]:
        subject = self.names.of("investigation", investigation, investigation.modality)
        done = investigation.result != "NotReported"
        # A table's "N/A" does not say that the investigation was made, so the node is then no instance of it.
        types = ["Investigation", investigation.modality] if done else ["Investigation"]
        label = f"{self.context.label(investigation.modality)}: {self.context.label(investigation.result)}"
        properties: Properties = {
            "modality": concept(investigation.modality),
            "result": concept(investigation.result),
            "order": integer(investigation.order),
            "follows": self.names.named(*([investigation.follows] if investigation.follows else [])),
            "date": partial_date(investigation.date),
            "duringEpisode": self._during(investigation.episode),
            "guidedBy": concept(investigation.guided_by),
            "underAnesthesia": concept(investigation.anesthesia),
            "measurement": [part_iri(subject, "measurement", m, m.type) for m in investigation.measurements],
            "markerResult": [part_iri(subject, "marker", m, marker_topic(m)) for m in investigation.markers],
            **site_properties(subject, investigation.sites),
        }
        yield from self._statement("investigation", investigation, investigation.modality, (types, label, properties))
        yield from site_quads(self.context, subject, investigation.sites)
        yield from measurement_quads(self.context, self.names, subject, investigation.measurements)
        yield from marker_quads(self.context, self.names, subject, investigation.markers)

    def _treatment(self, treatment: model.Treatment) -> Iterator[Quad]:
        subject = self.names.of("treatment", treatment, treatment.treatment)
        properties: Properties = {
            "treatmentType": concept(treatment.treatment),
            "agent": concepts(treatment.agents),
            "dose": [dose_iri(subject, dose) for dose in treatment.doses],
            "intent": concept(treatment.intent),
            "indication": concepts(treatment.indication),
            "response": concept(treatment.response),
            "guidedBy": concept(treatment.guided_by),
            "protocolName": text(treatment.protocol),
            "riskGroup": concept(treatment.risk_group),
            "order": integer(treatment.order),
            "duringEpisode": self._during(treatment.episode),
            **site_properties(subject, treatment.sites),
        }
        drafted = ["Treatment", treatment.treatment], about(self.context, treatment), properties
        yield from self._statement("treatment", treatment, treatment.treatment, drafted)
        yield from site_quads(self.context, subject, treatment.sites)
        yield from dose_quads(self.context, subject, treatment.doses)

    def _outcome(self, outcome: model.Outcome) -> Drafted:
        cause = None if outcome.cause is None else self.context.label(outcome.cause)
        label = f"vital status: {self.context.label(outcome.vital_status)}" + (f" of {cause}" if cause else "")
        if outcome.disease_status != "NotReported":
            label = f"{self.context.label(outcome.disease_status)}; {label}"
        properties: Properties = {
            "vitalStatus": concept(outcome.vital_status),
            "causeOfDeath": concept(outcome.cause),
            "diseaseStatus": concept(outcome.disease_status),
            "intervalInMonths": decimal(outcome.interval_months),
            "afterEvent": self.names.named(*([outcome.after] if outcome.after else [])),
            "unpublished": boolean(True) if outcome.unpublished else None,
        }
        return ["Outcome"], label, properties

    def _differential(self, differential: model.Differential) -> Drafted:
        label = f"{self.context.label(differential.condition)}: {self.context.label(differential.status)}"
        properties: Properties = {
            "condition": concept(differential.condition),
            "differentialStatus": concept(differential.status),
            "ruledOutBy": self.names.named(*differential.ruled_out_by),
        }
        return ["Differential"], label, properties

    def _event(self, event: model.TimelineEvent) -> Drafted:
        target = event.refers_to
        named = [about(self.context, item) for _, item in statements(self.case) if target and item.id == target]
        what = "".join(f": {words}" for words in named if words)
        properties: Properties = {
            "eventType": concept(event.event),
            "order": integer(event.order),
            "date": partial_date(event.date),
            "intervalInMonths": decimal(event.interval_months),
            "afterEvent": self.names.named(*([event.after] if event.after else [])),
            "refersTo": self.names.named(*([target] if target else [])),
            **age_properties(event.age),
        }
        when = f", {event.date}" if event.date else ""
        return ["TimelineEvent"], f"{event.order}. {self.context.label(event.event)}{what}{when}", properties

    def _identity(
        self, identity: model.PossibleIdentity | model.ExcludedIdentity, of: str, kind: str, label: str
    ) -> Iterator[Quad]:
        subject = self.names.of(kind, identity, identity.reference)
        reasons = [NamedNode(f"{subject.value}/reason/{ns.slugify(r.trait)}") for r in identity.reasons]
        other = identity.case if isinstance(identity, model.ExcludedIdentity) else None
        properties: Properties = {
            "otherReference": NamedNode(ns.reference(identity.reference)),
            "otherCase": NamedNode(ns.case(other)) if other else None,
            "reason": reasons,
            "consultedAt": [any_uri(page) for page in identity.consulted],
        }
        link = f"{of[0].lower()}{of[1:]}"
        yield from self._statement(kind, identity, identity.reference, ([of], label, properties), link=link)
        for node, reason in zip(reasons, identity.reasons, strict=True):
            own: Properties = {
                "trait": text(reason.trait),
                "bearing": concept(reason.bearing),
                "thisReport": text(reason.here),
                "otherReport": text(reason.there),
            }
            yield from node_quads(self.graph, node, ["ReasonForIdentity"], reason.trait, own)

    def _during(self, episode: str | None) -> list[NamedNode]:
        return self.names.named(episode) if episode else []
