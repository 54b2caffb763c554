"""One row of a case table as the parts of a case."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from kg.ingest.case_table_map import Lookup, Rule, TableMap
from kg.ingest.case_table_values import Named, concepts_of, investigations_of
from kg.ingest.drafts import Data, Note, NoteKind, concept_slug

RowCells = dict[str, tuple[int, int]]
"""Start and end of each cell of a row, by the heading of its column; an empty cell is not there."""
Evidence = Callable[[int, str, int, int], Data]
_DAYS = Decimal("365.25")
_PARTS = {"years": Decimal(1), "months": Decimal(12), "weeks": _DAYS / 7, "days": _DAYS}
_REQUIRED = ("episode.onset", "episode.marrow", "episode.csf")
_LONGEST = 2000


class Row:
    """A row: reads its cells by the rules of the mapping and gathers what they say."""

    def __init__(
        self, number: int, table: int, cells: RowCells, text: str, mapping: TableMap, lookup: Lookup, evidence: Evidence
    ) -> None:
        self.number = number
        self.notes: list[Note] = []
        self.reference: tuple[str, str | None] | None = None
        """What the row says of its paper: the words, and the slug if the mapping gives one."""
        self.year: str | None = None
        """The year of its paper, where that has a column of its own."""
        self._cells, self._text, self._mapping, self._lookup, self._evidence = cells, text, mapping, lookup, evidence
        self._patient: Data = {"evidence": []}
        self._diagnosis: Data = {"evidence": []}
        self._episode: Data = {"evidence": []}
        self._findings: list[Data] = []
        self._investigations: list[Data] = []
        self._treatments: list[Data] = []
        self._outcome: Data = {"evidence": []}
        self._unread: list[str] = []

    def case(self) -> Data | None:
        """The parts of the case under their names in a record, or ``None`` where the row names no leukemia."""
        for column, rule in self._mapping.rules():
            if column in self._cells and rule.field != "ignore":
                self._take(column, rule)
        if empty := [column for column in self._mapping.columns if column not in self._cells]:
            self._tell(NoteKind.LOSS, f"nothing is said of empty cells: {', '.join(empty)}.")
        if "leukemia" not in self._diagnosis:
            self._tell(NoteKind.PROBLEM, "no case is made: the row names no type of leukemia that is known.")
            return None
        if not self._patient["evidence"]:
            column, (start, end) = next(iter(self._cells.items()))
            self._patient["evidence"].append(self._evidence(self.number, column, start, end))
        named = {"id": concept_slug(self._diagnosis["leukemia"])}
        case: Data = {"patient": self._patient, "diagnoses": [named | self._diagnosis]}
        episode = self._finished_episode(named["id"])
        if episode is not None:
            case["episodes"] = [episode]
            for statement in (*self._findings, *self._investigations):
                statement["episode"] = episode["id"]
        for key, statements in (
            ("findings", self._findings),
            ("investigations", self._investigations),
            ("treatments", self._treatments),
        ):
            if statements:
                case[key] = [_evidence_last(statement) for statement in statements]
        if "vital_status" in self._outcome:
            case["outcomes"] = [_evidence_last(self._outcome)]
        return {
            key: _evidence_last(value) if isinstance(value, dict) else [_evidence_last(one) for one in value]
            for key, value in case.items()
        }

    def _finished_episode(self, diagnosis: str) -> Data | None:
        """The episode, if the row tells of one; a cell that was not understood makes what it is about unsayable."""
        if not {"onset", "extent", "sites", "marrow", "csf", "confirmed_by"} & set(self._episode):
            return None
        left = [name for name in _REQUIRED if name in self._unread]
        if left:
            names = ", ".join(left)
            self._tell(NoteKind.PROBLEM, f"no episode is made, since the mapping has no value for its {names}.")
            return None
        if not {"extent", "sites"} & set(self._episode):
            self._tell(NoteKind.PROBLEM, "no episode is made, since the row says neither where it was nor its extent.")
            return None
        base: Data = {"id": self._mapping.episode, "order": 1, "of": diagnosis, "onset": "NotReported"}
        found = base | {"marrow": "NotReported", "csf": "NotReported"} | self._episode
        if not found.get("confirmed_by"):
            found["certainty"] = "Probable"
            self._tell(NoteKind.LOSS, "the row does not say what confirmed the episode; it is written as probable.")
        return found

    def _take(self, column: str, rule: Rule) -> None:
        start, end = self._cells[column]
        cell = " ".join(self._text[start:end].split())
        proof = self._evidence(self.number, column, start, end)
        if cell.casefold() in {word.casefold() for word in self._mapping.not_reported}:
            self._not_reported(rule, proof)
            return
        value = self._value(column, rule, cell)
        if value is None:
            self._unread.append(rule.field)
            return
        if rule.field == "reference":
            given = rule.values.get(value)
            self.reference = (value, given if isinstance(given, str) else None)
            self._patient["evidence"].insert(0, proof)
        elif rule.field == "reference.year":
            self.year = value
            self._patient["evidence"].append(proof)
        elif rule.field in ("patient.age", "diagnosis.age"):
            self._age(column, rule, value, proof)
        elif rule.field == "investigations":
            several, told = investigations_of(rule, value, self._lookup)
            for modality, result in several:
                self._examined(modality, result, proof)
            for one in told:
                self._unmapped(column, one.words, one.why)
        else:
            named = self._concepts(column, rule, value)
            if named:
                self._say(rule, named, proof)
            else:
                self._unread.append(rule.field)

    def _value(self, column: str, rule: Rule, cell: str) -> str | None:
        """The part of a cell that a rule speaks of."""
        if rule.pattern is None:
            return cell
        match = re.fullmatch(rule.pattern, cell[:_LONGEST])
        if match is None or match[1] is None:
            self._unmapped(column, cell, f"does not fit the pattern of {rule.field}")
            return None
        return match[1].strip()

    def _concepts(self, column: str, rule: Rule, value: str) -> Sequence[Named]:
        """The concepts of a value, after telling what of it was not understood."""
        found, told = concepts_of(rule, value, self._lookup)
        for one in told:
            self._unmapped(column, one.words, one.why, one.kind)
        return found

    def _say(self, rule: Rule, named: Sequence[Named], proof: Data) -> None:
        """Put the concepts of a cell where they belong."""
        part, _, key = rule.field.partition(".")
        names = [one.concept for one in named]
        if rule.field == "episode.confirmed_by":
            self._episode["evidence"].append(proof)
            for name in names:
                self._episode.setdefault("confirmed_by", []).append(self._examined(name, "Abnormal", proof))
        elif part == "episode":
            self._episode["evidence"].append(proof)
            self._episode[key] = [_site(one) for one in named] if key == "sites" else names[0]
        elif rule.field == "investigation":
            # “Normal → relapse” is two examinations, if the mapping says so.
            for name in names:
                self._examined(str(rule.concept), name, proof)
        elif rule.field == "finding":
            said = [(rule.concept, names[0])] if rule.concept else [(name, "Present") for name in names]
            self._findings += [{"finding": name, "status": status, "evidence": [proof]} for name, status in said]
        elif rule.field == "treatment":
            self._treatments += [self._treated(name) | {"evidence": [proof]} for name in names]
        else:
            target = {"patient": self._patient, "diagnosis": self._diagnosis, "outcome": self._outcome}[part]
            target[key] = names[0]
            target["evidence"].append(proof)

    def _treated(self, name: str) -> Data:
        if self._lookup.is_agent(name):
            return {"treatment": "TreatmentProcedure", "agents": [name]}
        return {"treatment": name}

    def _examined(self, modality: str, result: str, proof: Data) -> str:
        """Add an investigation; gives its name."""
        base = concept_slug(modality)
        taken = {one["id"] for one in self._investigations}
        name = base if base not in taken else f"{base}-{sum(one.startswith(base) for one in taken) + 1}"
        found = {"id": name, "modality": modality, "result": result, "evidence": [proof]}
        self._investigations.append(found)
        return name

    def _age(self, column: str, rule: Rule, value: str, proof: Data) -> None:
        number = re.fullmatch(r"(\d{1,3}(?:\.\d{1,3})?)\s*(?:y(?:ears?|rs?)?)?", value, re.ASCII)
        years = Decimal(number[1]) / _PARTS[rule.unit] if number else None
        if years is None or years > 125:
            self._unmapped(column, value, f"is not an age in {rule.unit}")
            return
        target = self._patient if rule.field == "patient.age" else self._diagnosis
        target["age"] = {"years": Decimal(f"{years:.4f}".rstrip("0").rstrip(".") or "0")}
        if proof not in target["evidence"]:
            target["evidence"].append(proof)

    def _not_reported(self, rule: Rule, proof: Data) -> None:
        """A cell that says that nothing was reported: of an investigation and of a compartment that is a statement.

        Of anything else it is evidence of no more than that the row was read, and stands with what is said of the part.
        """
        if rule.field in ("investigation", "investigations"):
            self._examined(rule.concept or "DiagnosticProcedure", "NotReported", proof)
        elif rule.field in _REQUIRED:
            self._episode[rule.field.partition(".")[2]] = "NotReported"
            self._episode["evidence"].append(proof)
        elif rule.field == "outcome.vital_status":
            self._outcome["vital_status"] = "NotReported"
            self._outcome["evidence"].append(proof)
        elif rule.field == "finding" and rule.concept:
            self._findings.append({"finding": rule.concept, "status": "NotReported", "evidence": [proof]})
        else:
            parts = {"diagnosis": self._diagnosis, "episode": self._episode, "outcome": self._outcome}
            parts.get(rule.field.partition(".")[0], self._patient)["evidence"].append(proof)

    def _unmapped(self, column: str, value: str, why: str, kind: NoteKind = NoteKind.UNMAPPED) -> None:
        shown = value if len(value) <= 80 else value[:79] + "…"
        self.notes.append(Note(f"row {self.number}, column “{column}”", kind, f"“{shown}” {why}."))

    def _tell(self, kind: NoteKind, text: str) -> None:
        self.notes.append(Note(f"row {self.number}", kind, text))


def _site(named: Named) -> Data:
    return {"site": named.concept} | ({"laterality": named.side} if named.side else {})


def _evidence_last(statement: Data) -> Data:
    proofs = statement["evidence"]
    once = [proof for index, proof in enumerate(proofs) if proof not in proofs[:index]]
    return {key: value for key, value in statement.items() if key != "evidence"} | {"evidence": once}
