"""GA4GH Phenopackets v2 (ISO 4454:2022) as a draft record: a case for each phenopacket that tells of a leukemia.

The file is a source of its own, beside the paper that it refers to: a case with such a reference is retold, and the
paper tells it first hand. The case has a name of its own, so that a curator and nobody else makes one patient of two.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kg.errors import NoLeukemiaError
from kg.ingest.document import Document
from kg.ingest.drafts import Data, Draft, Note, NoteKind, drafted, slug, unused
from kg.ingest.phenopacket_actions import gather_actions
from kg.ingest.phenopacket_case import CaseParts, gather, timeline
from kg.ingest.phenopacket_messages import Packet, read_messages
from kg.ingest.phenopacket_terms import Terms
from kg.ingest.phenopacket_text import CanonicalText
from kg.records.paper import Reference
from kg.vocabulary import Vocabulary

_ORDER = ("case", "told", "primary_reference", "patient", "diagnoses", "findings", "investigations", "treatments",
          "outcomes", "differentials", "timeline")  # fmt: skip


def phenopacket_document(data: bytes, name: str) -> Document:
    """The document in a file of phenopackets: their values, each a section named by its JSON pointer.

    Raises:
        SourceTextError: the file is not of phenopackets that can be taken.
    """
    packets, _ = read_messages(data, name)
    return _text(packets).document(_base(name), hashlib.sha256(data).hexdigest())


def draft_phenopackets(
    data: bytes,
    name: str,
    terms: Terms,
    vocabulary: Vocabulary,
    curation: Mapping[str, str],
    known: Sequence[Reference] = (),
) -> Draft:
    """The phenopackets of a file as a draft record, named after the file.

    Args:
        data: the bytes of the file.
        name: its name.
        terms: the terms that are mapped to our concepts.
        vocabulary: our concepts.
        curation: method, agent and date of the draft, as a record has them.
        known: the bibliography, in which the papers are looked up by DOI and PMID.

    Raises:
        SourceTextError: the file cannot be read.
        NoLeukemiaError: none of its phenopackets tells of a leukemia.
        RecordError: what was gathered is not a record.
    """
    packets, told = read_messages(data, name)
    text = _text(packets)
    document = text.document(_base(name), hashlib.sha256(data).hexdigest())
    record = slug(re.sub(r"\.\w+$", "", document.name)) or "phenopackets"
    works = _Works(known, name, record)
    notes, cases, names = list(told), [], set[str]()
    for packet in packets:
        parts = CaseParts(packet, text, terms, vocabulary)
        gather(parts)
        gather_actions(parts)
        own = works.of(parts)
        if any(note.kind is NoteKind.PROBLEM for note in parts.notes if note.place.endswith("/taxonomy")):
            notes += parts.notes
            continue
        if "diagnoses" not in parts.lists:
            parts.tell(packet.pointer, NoteKind.PROBLEM, "no case is made: no disease or feature is a leukemia here")
            notes += parts.notes
            continue
        wanted = f"{record}-{slug(str(packet.values.get('subject', {}).get('id') or packet.values.get('id', '')))}"
        case = unused(wanted[:76].strip("-") if len(packets) > 1 else f"{record}-1", names)
        names.add(case)
        cases.append(_case(case, parts, own))
        notes += parts.notes
    if not cases:
        why = next((str(note) for note in notes if note.kind is NoteKind.PROBLEM), "it is empty.")
        raise NoLeukemiaError(f"{name}: no phenopacket tells of a leukemia: {why}")
    return drafted(record, cases, works.citations(text), document, curation, vocabulary, works.new(), notes)


def _case(name: str, parts: CaseParts, primary: str | None) -> Data:
    gathered: Data = {"case": name, "told": "review" if primary else "primary", **parts.lists}
    gathered["patient"] = parts.lists["patient"][0]
    if primary:
        gathered["primary_reference"] = primary
    if ordered := timeline(parts):
        gathered["timeline"] = ordered
    return {key: gathered[key] for key in _ORDER if key in gathered}


def _text(packets: Sequence[Packet]) -> CanonicalText:
    """The text of all phenopackets of a file, each under its pointer."""
    if len(packets) == 1 and not packets[0].pointer:
        return CanonicalText.of(packets[0].values)
    whole: dict[str, Any] = {}
    for packet in packets:
        place = whole
        *path, last = packet.pointer.strip("/").split("/")
        for part in path:
            place = place.setdefault(part, {})
        place[last] = packet.values
    return CanonicalText.of(whole)


def _base(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1]


class _Works:
    """The works that the phenopackets refer to: those of the bibliography by DOI or PMID, the others made new."""

    def __init__(self, known: Iterable[Reference], name: str, record: str) -> None:
        self._name, self._record = name, record
        self._slugs = {reference.reference for reference in known}
        self._known = {
            f"{kind}:{code.lower()}": reference.reference
            for reference in known
            for kind, code in (("doi", reference.doi), ("pmid", reference.pmid))
            if code
        }
        self._new: dict[str, Reference] = {}
        self._cited: dict[str, list[str]] = {}

    def of(self, parts: CaseParts) -> str | None:
        """The paper that tells the case first hand: the first external reference of the metadata."""
        meta = f"{parts.packet.pointer}/metaData/externalReferences"
        first: str | None = None
        for index, work in enumerate(parts.values.get("metaData", {}).get("externalReferences", ())):
            found = self._cite(work, f"{meta}/{index}", parts)
            if found and first:
                parts.tell(f"{meta}/{index}", NoteKind.LOSS, f"{found} is cited; {first} is taken as the first telling")
            first = first or found
        for key in ("phenotypicFeatures",):
            for index, feature in enumerate(parts.values.get(key, ())):
                for number, proof in enumerate(feature.get("evidence", ())):
                    at = f"{parts.packet.pointer}/{key}/{index}/evidence/{number}"
                    if "reference" in proof:
                        self._cite(proof["reference"], f"{at}/reference", parts)
        return first

    def _cite(self, work: dict[str, Any], pointer: str, parts: CaseParts) -> str | None:
        ids = list(dict.fromkeys(_identifiers(work)))
        if not ids:
            told = f"“{work.get('id', '')}” is neither a DOI nor a PMID; the reference is left out"
            parts.tell(pointer, NoteKind.UNMAPPED, told)
            return None
        found = next((self._known[one] for one in ids if one in self._known), None)
        if found is None:
            wanted = min(ids, key=lambda one: not one.startswith("pmid"))
            found = unused(slug(wanted), self._slugs)
            self._slugs.add(found)
            title = " ".join(str(work.get("description", "")).split())
            note = f"{', '.join(ids)} in {self._name}. {title}"
            self._new[found] = Reference(reference=found, identified=False, note=note[:200].strip())
        self._known |= dict.fromkeys(ids, found)
        leaves = [f"{pointer}/{key}" for key in ("id", "reference") if work.get(key)]
        self._cited.setdefault(found, []).extend(leaves)
        return found

    def new(self) -> Iterator[Reference]:
        """The reference of the file itself, and the works that the bibliography does not have."""
        if self._record not in self._slugs:
            yield Reference(reference=self._record, identified=False, note=f"GA4GH phenopackets: {self._name}"[:200])
        yield from self._new.values()

    def citations(self, text: CanonicalText) -> list[Data]:
        """Citations by the order in which the works are first named."""
        return [
            {"number": number, "reference": work, "evidence": text.evidence(*leaves)}
            for number, (work, leaves) in enumerate(self._cited.items(), start=1)
        ]


def _identifiers(work: dict[str, Any]) -> Iterator[str]:
    for text in (str(work.get("id", "")), str(work.get("reference", ""))):
        if match := re.fullmatch(r"(?i)(?:pmid:\s*|https?://\S*pubmed\S*/)([1-9][0-9]{0,8})/?", text.strip()):
            yield f"pmid:{match[1]}"
        elif match := re.fullmatch(r"(?i)(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?(10\.[0-9]{4,9}/\S+)", text.strip()):
            yield f"doi:{match[1].lower()}"


def notes_of(draft: Draft, kind: NoteKind) -> tuple[Note, ...]:
    """The notes of a draft of one kind."""
    return tuple(note for note in draft.notes if note.kind is kind)
