"""The list of references of a paper as citations of its draft, and as entries for the bibliography.

A work that the bibliography knows is recognised by DOI, by PMID, or by title and year, and keeps its name. Of another
the entry has what the list says. Every citation has the places that cite it and its place in the list, as far as the
text has them; a work without any is told in a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.draft.cited_places import Places, by_name, by_number, unseen
from kg.draft.placing import evidence_of
from kg.draft.printed_reference import printed_facts, surname
from kg.ingest import Document, Reference
from kg.ingest.drafts import Data, reference_slug, slug, unused
from kg.records.paper import Reference as Known

_MOST = 300
"""Of a longer list, as reviews have them, the first entries are drafted and the rest is counted in a note."""
_MOST_PLACES = 4
_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")
_PMID = re.compile(r"[1-9][0-9]{0,8}")


@dataclass
class Citations:
    """The citations of a draft; ``works`` are entries that the bibliography lacks, ``slugs`` the names by number."""

    citations: list[Data] = field(default_factory=list)
    works: dict[str, Data] = field(default_factory=dict)
    slugs: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add_places(self, places: Mapping[str, Sequence[Data]]) -> None:
        """Add evidence that was found elsewhere, as in a table's cells, by the name of the work."""
        for citation in self.citations:
            told = citation["evidence"]
            # The place in the list stays last.
            told[-1:-1] = [one for one in places.get(citation["reference"], ()) if one not in told][:_MOST_PLACES]


class Bibliography:
    """The known works, to be recognised; made once for many papers."""

    def __init__(self, known: Iterable[Known]) -> None:
        self.references = tuple(known)
        self.slugs = {one.reference for one in self.references}
        self._by_id = {code.lower(): one.reference for one in self.references for code in (one.doi, one.pmid) if code}
        self._by_year: dict[int, list[tuple[str, str]]] = {}
        for one in self.references:
            if one.identified and one.title and one.year:
                self._by_year.setdefault(one.year, []).append((_letters(one.title), one.reference))

    def recognised(self, entry: Reference) -> str | None:
        """The work that an entry is: that of its DOI or PMID, else that whose title and year it prints."""
        for code in (entry.doi, entry.pmid):
            if code and code.lower() in self._by_id:
                return self._by_id[code.lower()]
        years = {int(year) for year in re.findall(r"(?<!\d)(?:18|19|20)\d\d(?!\d)", entry.text)}
        words = _letters(entry.text)
        return next((name for year in years for title, name in self._by_year.get(year, ()) if title in words), None)


def citations_of(document: Document, record: str, known: Bibliography) -> Citations:
    """The citations of a paper, with the works that they name."""
    if not document.references:
        return _unseen(document, record, known)
    found = Citations()
    entries = {one.number: one for one in reversed(document.references[:_MOST])}
    works = _Works(known, record, document.name)
    named: dict[tuple[str, int], list[int]] = {}
    for number, entry in sorted(entries.items()):
        facts = printed_facts(entry.text)
        found.slugs[number] = works.of(entry, facts)
        if facts:
            named.setdefault((slug(surname(facts)), facts["year"]), []).append(number)
    alone = {key: numbers[0] for key, numbers in named.items() if len(numbers) == 1}
    places = by_number(document, entries) or by_name(document, alone)
    _cite(found, entries, places, document)
    found.works = {name: work for name, work in works.new.items() if name in found.slugs.values()}
    if len(document.references) > _MOST:
        found.notes.append(f"of {len(document.references)} entries of the list the first {_MOST} are drafted.")
    return found


class _Works:
    """The works of one list: those that are known, and those that are new, each once."""

    def __init__(self, known: Bibliography, record: str, source: str) -> None:
        self._known, self._record, self._source = known, record, source
        self._seen: dict[str, str] = {}
        self.new: dict[str, Data] = {}

    def of(self, entry: Reference, facts: Data | None) -> str:
        """The name of the work of an entry."""
        if name := self._known.recognised(entry):
            return name
        codes = [code.lower() for code in (entry.doi, entry.pmid) if code]
        codes += [f"{_letters(facts['title'])} {facts['year']}"] if facts else []
        name = next((self._seen[code] for code in codes if code in self._seen), None)
        if name is None:
            taken = self._known.slugs | {self._record} | set(self.new)
            name, work = _work(entry, facts, self._record, taken, self._source)
            self.new[name] = work
        self._seen |= dict.fromkeys(codes, name)
        return name


def _cite(found: Citations, entries: Mapping[int, Reference], places: Places, document: Document) -> None:
    """Make the citations, each with its places."""
    nowhere = []
    for number, name in list(found.slugs.items()):
        evidence = _evidence(document, places.get(number, ()))
        entry = entries[number]
        if entry.start is not None and entry.end is not None and (own := _listed(document, entry.start, entry.end)):
            evidence.append(own)
        if evidence:
            found.citations.append({"number": number, "reference": name, "evidence": evidence})
        else:
            nowhere.append(number)
            del found.slugs[number]
    if nowhere:
        shown = ", ".join(map(str, nowhere[:12]))
        found.notes.append(f"entries of the list that the text does not cite are left out: {shown}.")
    renumber(found.citations, found.notes)


def renumber(citations: list[Data], notes: list[str]) -> None:
    """Count citations from one on, as a record does, and say so where the list counts otherwise."""
    moved = [f"{one['number']} is {number}" for number, one in enumerate(citations, 1) if one["number"] != number]
    for number, one in enumerate(citations, 1):
        one["number"] = number
    if moved:
        more = f" and {len(moved) - 6} more" if len(moved) > 6 else ""
        notes.append(f"citations are counted on without a gap: {', '.join(moved[:6])}{more}.")


def _evidence(document: Document, places: Iterable[tuple[int, int]]) -> list[Data]:
    """The first places, but no two in one sentence."""
    found: dict[str, Data] = {}
    for start, end in places:
        proof = evidence_of(document, start, end)
        if proof is not None:
            found.setdefault(proof["sentence"], proof)
        if len(found) == _MOST_PLACES:
            break
    return list(found.values())


def _listed(document: Document, start: int, end: int) -> Data | None:
    """The place of an entry in the list: its first author."""
    words = re.match(r"[^.,;(]{2,60}", document.text[start:end])
    return evidence_of(document, start, start + words.end()) if words else evidence_of(document, start, end)


def _work(entry: Reference, facts: Data | None, record: str, taken: set[str], source: str) -> tuple[str, Data]:
    """Name and entry of a work that is new: with the facts of the list, or as unidentified with its words."""
    if facts is None:
        name = unused(f"{record[:60].rstrip('-')}-ref{entry.number}", taken)
        codes = "".join(f" {kind} {code}." for kind, code in (("doi", entry.doi), ("PMID", entry.pmid)) if code)
        words = f"Number {entry.number} of {record}: "
        words += entry.text[: max(0, 200 - len(words) - len(codes))] + codes
        return name, {"reference": name, "identified": False, "note": words[:200]}
    name = unused(reference_slug(surname(facts), facts["year"]), taken)
    work: Data = {"reference": name, **facts}
    for key, value, form in (("doi", entry.doi, _DOI), ("pmid", entry.pmid, _PMID)):
        if value and form.fullmatch(value):
            work[key] = value
    return name, work | {"checked": [source]}


def _unseen(document: Document, record: str, known: Bibliography) -> Citations:
    """Citations by number of a list that the text does not have: which works they are is not known."""
    found = Citations()
    for number, places in sorted(unseen(document).items())[:_MOST]:
        name = f"{record[:60].rstrip('-')}-ref{number}"
        evidence = _evidence(document, places)
        if not evidence:
            continue
        found.slugs[number] = name
        found.citations.append({"number": number, "reference": name, "evidence": evidence})
        if name not in known.slugs:
            note = f"Number {number} of {record}; its reference list has not been seen."
            found.works[name] = {"reference": name, "identified": False, "note": note}
    return found


def _letters(text: str) -> str:
    """The letters and figures of a text, for comparing titles."""
    return re.sub(r"[\W_]+", "", text.casefold())
