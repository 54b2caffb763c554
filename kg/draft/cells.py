"""The words of a table's cells beyond what a mapping by headings says: changes, parts, and findings told in prose."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

from kg.extract.extractors import found_in
from kg.extract.reader import Reader
from kg.extract.reading import Found
from kg.ingest import Document, Section, Table
from kg.ingest.case_table_map import Lookup, Rule, TableMap
from kg.ingest.case_table_values import concepts_of
from kg.ingest.case_table_words import meaning
from kg.ingest.drafts import Data, concept_slug, evidence_at, unused

_CHANGE = re.compile(r"\s*(?:→|->|⇒|=>)\s*")
_PARTS = re.compile(r"\s*(?:[;,&+/]|\band\b|\bwith\b)\s*", re.IGNORECASE)
_WHO = "A 40-year-old man with leukemia was seen. "
"""Before the words of a row, so that they are read as words on a patient."""
_PROSE = ("investigation", "investigations", "finding")
_LONGEST = 1500


def with_words(document: Document, table: Table, mapping: TableMap, lookup: Lookup) -> TableMap:
    """The mapping with values for cells that say a change (“Normal → relapse”) or have a name among other words."""
    columns: dict[str, tuple[Rule, ...]] = {}
    for column, rules in mapping.columns.items():
        cells = {" ".join(document.text[c.start : c.end].split()) for c in table.cells if c.column == column}
        columns[column] = tuple(_with_values(rule, sorted(cells), lookup) for rule in rules)
    return mapping.model_copy(update={"columns": columns})


def _with_values(rule: Rule, cells: Sequence[str], lookup: Lookup) -> Rule:
    values: dict[str, Any] = {}
    for cell in cells:
        if cell in rule.values or concepts_of(rule, cell, lookup)[0]:
            continue
        if rule.field in ("investigation", "episode.marrow", "episode.csf") and _CHANGE.search(cell):
            states = [_state(rule, part) for part in _CHANGE.split(cell)]
            if all(states):
                values[cell] = tuple(states) if rule.field == "investigation" else states[0]
        elif rule.field == "episode.extent":
            named = [one for part in _PARTS.split(cell) for one in concepts_of(rule, part, lookup)[0]]
            if len(named) == 1:
                values[cell] = named[0].concept
        elif rule.field == "episode.sites" and (sites := names_in(cell, lookup)):
            values[cell] = tuple(sites)
    return rule.model_copy(update={"values": {**rule.values, **values}}) if values else rule


def _state(rule: Rule, part: str) -> str | None:
    """What a step of a change means; a changed measure alone is no word on the cells of leukemia."""
    found = meaning(rule.field, part) or meaning(rule.field, part.split(",")[0])
    return found if found is not None or rule.field != "investigation" else None


def names_in(text: str, lookup: Lookup) -> list[str]:
    """The sites whose names stand in a text, the longest name first at each place."""
    words = re.findall(r"[\w'’]+", text)
    found: dict[str, None] = {}
    at = 0
    while at < len(words):
        for length in range(min(5, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            forms = dict.fromkeys((phrase, re.sub("ies$", "y", phrase), phrase.removesuffix("s")))
            named = next((one for form in forms if len(one := lookup.find(form, ("AnatomicalSites",))) == 1), None)
            if named:
                found[named[0]] = None
                at += length - 1
                break
        at += 1
    return list(found)


class CellReader:
    """Reads the cells of a row as words on a patient: the findings that they tell, each with its cell."""

    def __init__(self, document: Document, table: Table, mapping: TableMap, reader: Reader) -> None:
        self._document, self._table, self._reader = document, table, reader
        prose = {column: rule for column, rule in mapping.rules() if rule.field in _PROSE and not _is_state(rule)}
        # A cell of several investigations names each itself; the others go on where their heading begins.
        self._leads = {c: "" if r.field != "investigation" else f"The {c} showed " for c, r in prose.items()}
        self._marrow = {column for column, rule in mapping.rules() if rule.field == "episode.marrow"}
        self._silent = {word.casefold() for word in mapping.not_reported}

    def add(self, case: Data, row: int) -> None:
        """Add what the cells of a row tell to its case."""
        for column, start, end in self._cells(row):
            found = list(self._read(column, start, end))
            for one in found:
                if one.field == "modality":
                    self._examined(case, one, found, row, column, (start, end))
            for one in found:
                if one.field == "finding":
                    self._finding(case, one, row, column, (start, end))
        self._marrow_relapse(case, row)

    def _marrow_relapse(self, case: Data, row: int) -> None:
        """A marrow that was free and later was not, in one cell: a relapse of the marrow behind the episode."""
        episode = next(iter(case.get("episodes", ())), None)
        cells = [cell for cell in self._table.cells if cell.row == row and cell.column in self._marrow]
        if episode is None or episode["marrow"] != "NotInvolved" or not cells:
            return
        cell = cells[0]
        words = " ".join(self._document.text[cell.start : cell.end].split())
        if [meaning("episode.marrow", part) for part in _CHANGE.split(words)] != ["NotInvolved", "Involved"]:
            return
        studies = [one for one in case.get("investigations", ()) if one["modality"] == "BoneMarrowExamination"]
        name = unused("marrow-relapse", _ids(case))
        proof = self._proof(row, cell.column, cell.start, cell.end, (cell.start, cell.end))
        proven = len(studies) == 2 and studies[1]["result"] == "Abnormal"
        case["episodes"].append({
            "id": name, "order": 2, "of": episode["of"], "onset": "InRemission", "sites": [{"site": "BoneMarrow"}],
            "marrow": "Involved", "csf": "NotReported", "after": episode["id"],
            **({"confirmed_by": [studies[1]["id"]]} if proven else {"certainty": "Probable"}), "evidence": [proof],
        })  # fmt: skip
        if proven:
            first, second = studies
            second["episode"] = name
            first["order"], second["order"], second["follows"] = 1, 2, first["id"]

    def _cells(self, row: int) -> Iterator[tuple[str, int, int]]:
        for cell in self._table.cells:
            words = self._document.text[cell.start : cell.end].strip()
            state = len(words.split()) == 1 and meaning("investigation", words) is not None
            told = len(words) > 2 and words.casefold() not in self._silent and not state
            if cell.row == row and cell.column in self._leads and told and cell.end - cell.start <= _LONGEST:
                yield cell.column, cell.start, cell.end

    def _read(self, column: str, start: int, end: int) -> Iterator[Found]:
        """What a cell tells, at its places in the document; its heading goes before it, as in a sentence."""
        cell = self._document.text[start:end]
        lead = _WHO + self._leads[column]
        if self._leads[column] and not cell[1:2].isupper():
            cell = cell[:1].lower() + cell[1:]
        text = f"{lead}{cell}."
        sections = (Section("Case report", 0, len(text)),)
        made = Document("row", text, hashlib.sha256(text.encode()).hexdigest(), sections, ())
        moved = start - len(lead)
        for reading in self._reader.read(made)[:1]:
            for one in found_in(reading):
                # A finding may begin in the heading: “CSF study … increased leukocytes”; an investigation that is
                # named there is the column's.
                begin = len(lead) if one.field == "modality" else len(_WHO)
                if one.field in ("finding", "modality") and begin <= one.start and len(lead) < one.end < len(text):
                    first = max(one.start, len(lead)) + moved
                    yield Found(one.field, one.value, first, one.end + moved, one.confidence, one.detail)

    def _examined(
        self, case: Data, one: Found, found: Sequence[Found], row: int, column: str, cell: tuple[int, int]
    ) -> None:
        """Add an investigation that the cell names and no rule has read, with the result that its words give."""
        behind = [other.start for other in found if other.field == "modality" and other.start > one.start]
        until = min(behind, default=cell[1])
        shown = [f for f in found if f.field == "finding" and one.start <= f.start < until]
        present = any(other.detail.get("status") == "Present" for other in shown)
        result = one.detail.get("result") or ("Abnormal" if present else "")
        above = self._reader.vocabulary.ancestors(one.value)
        known = [other["modality"] for other in case.get("investigations", ())]
        if not result or any(m in above or one.value in self._reader.vocabulary.ancestors(m) for m in known):
            return
        taken = _ids(case)
        new: Data = {"id": unused(concept_slug(one.value), taken), "modality": one.value, "result": result}
        new |= _tie(case) | {"evidence": [self._proof(row, column, one.start, until, cell)]}
        case.setdefault("investigations", []).append(new)

    def _finding(self, case: Data, one: Found, row: int, column: str, cell: tuple[int, int]) -> None:
        status = one.detail.get("status", "Present")
        known = case.setdefault("findings", [])
        above = self._reader.vocabulary.ancestors(one.value)
        if any(other["finding"] == one.value or (other["finding"] in above) for other in known):
            return
        said: Data = {"finding": one.value, "status": status}
        if site := one.detail.get("site"):
            side = one.detail.get("laterality")
            said["sites"] = [{"site": site} | ({"laterality": side} if side else {})]
        if severity := one.detail.get("severity"):
            said["severity"] = severity
        if shown := self._shown_by(case, one, row, column, cell):
            said["shown_by"] = [shown]
        known.append(said | _tie(case) | {"evidence": [self._proof(row, column, one.start, one.end, cell)]})

    def _shown_by(self, case: Data, one: Found, row: int, column: str, cell: tuple[int, int]) -> str | None:
        """The investigation of this cell that is named last before the finding; of a change the one of its step."""
        own = [
            other
            for other in case.get("investigations", ())
            if any(p["cell"]["row"] == row and p["cell"]["column"] == column for p in other["evidence"])
        ]
        if not own:
            return None
        before = self._document.text[cell[0] : one.start]
        step = len(_CHANGE.findall(before))
        if len({other["modality"] for other in own}) == 1:
            return str(own[min(step, len(own) - 1)]["id"])
        named = [
            (place, other["id"])
            for other in own
            for form in self._forms(other["modality"])
            if (place := before.casefold().rfind(form)) >= 0
        ]
        return str(max(named)[1]) if named else None

    def _forms(self, modality: str) -> list[str]:
        concept = self._reader.vocabulary.concepts[modality]
        return [form.casefold() for form in (concept.label, *concept.synonyms)]

    def _proof(self, row: int, column: str, start: int, end: int, cell: tuple[int, int]) -> Data:
        document = self._document
        section = document.section_at(start) or f"Table {self._table.number}"
        place: Data = {"row": row, "column": column}
        place = {"table": self._table.number} | place if self._table.number != 1 else place
        return evidence_at(document.text, section, start, end, document.sentence_hash(cell[0]), place)


def _is_state(rule: Rule) -> bool:
    """Whether a column only says whether a finding was there."""
    return rule.field == "finding" and rule.concept is not None


def _tie(case: Data) -> Data:
    episodes = case.get("episodes")
    return {"episode": episodes[0]["id"]} if episodes else {}


def _ids(case: Data) -> set[str]:
    return {one["id"] for part in case.values() if isinstance(part, list) for one in part if "id" in one}
