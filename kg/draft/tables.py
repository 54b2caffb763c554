"""The cases that a paper's table retells, as cases of its draft.

A table is read where its headings say plainly that it is one of cases: each row names a paper, a leukemia, an age or a
sex, and where the leukemia was, how it was proved or what came of it. Where that is in doubt nothing is read, and a
note says how to: ``sanctuary table``. So a table of trials, of groups or of laboratory values gives no case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.draft.cells import CellReader, with_words
from kg.draft.citations import Bibliography, Citations
from kg.errors import SanctuaryError
from kg.extract.reader import Reader
from kg.extract.table_kinds import cites, tells_who
from kg.ingest import Document, Table
from kg.ingest.case_table import draft_cases
from kg.ingest.case_table_map import Lookup, Rule, TableMap
from kg.ingest.case_table_proposal import propose_map
from kg.ingest.drafts import Data, Draft, NoteKind, slug
from kg.records.paper import Reference
from kg.vocabulary import Vocabulary

_WHERE = frozenset({
    "episode.sites", "episode.extent", "episode.onset", "episode.confirmed_by", "episode.marrow", "episode.csf",
    "outcome.vital_status",
})  # fmt: skip
"""What a table of cases says beside who and which leukemia."""

_COUNTS = re.compile(
    r"\b(?:no\.?|number|total|proportion|frequency) of (?:patients|cases|subjects)|\bn\s*=|^\s*n\s*$|%|"
    r"\b(?:p[- ]?values?|median|mean|range|ratio|hazard|odds|95 ?% ?ci|cohort|arms?|trial)\b",
    re.IGNORECASE,
)
"""Headings of tables that count: their rows are groups."""

_ONE_AGE = re.compile(r"\D{0,12}\d{1,3}(?:[.·]\d{1,2})?(?:\s*/\s*12)?\D{0,16}")
_GROUP = re.compile(r"[–—]\s*\d|\d\s*-\s*\d|±|%|median|mean|range|\(\s*\d", re.IGNORECASE)
_NUMBERS = re.compile(r"[^\d]*?\[?\(?(\d{1,3})\)?\]?[^\d]*")
_FEWEST = 2
_MOST_ROWS = 400
_NOTES = 30


@dataclass
class TableCases:
    """The cases of the tables of a paper: ``own`` are rows that tell of the paper's own patients."""

    cases: list[Data] = field(default_factory=list)
    own: list[Data] = field(default_factory=list)
    works: dict[str, Reference] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    cited: dict[str, list[Data]] = field(default_factory=dict)
    """The cells that name each work."""


def may_have_cases(document: Document) -> bool:
    """Whether a table is worth a look; costs nothing where a document has none."""
    return any(tells_who(table) for table in document.tables)


def table_cases(
    document: Document, record: str, reader: Reader, known: Bibliography, citations: Citations
) -> TableCases:
    """The cases of all tables of a paper that are plainly tables of cases."""
    found = TableCases()
    lookup = Lookup(reader.vocabulary)
    for table in document.tables:
        if not tells_who(table):
            continue
        mapping, doubt = case_map(document, table, reader.vocabulary)
        if mapping is not None:
            mapping = with_words(document, table, _with_works(document, table, mapping, citations), lookup)
            works = _works(known, citations)
            try:
                draft = draft_cases(document, record, mapping, reader.vocabulary, _CURATION, works)
            except SanctuaryError as error:
                doubt = str(error).removeprefix(f"{document.name}: ")
            else:
                doubt = _take(found, draft, table, CellReader(document, table, mapping, reader))
        if doubt:
            how = f"sanctuary table {document.name} --table {table.number}"
            found.notes.append(f"Table {table.number} may be one of cases and is not read, since {doubt}: “{how}”.")
    return found


_CURATION = {"method": "Extracted", "agent": "sanctuary extract", "date": "2000"}


def case_map(document: Document, table: Table, vocabulary: Vocabulary) -> tuple[TableMap | None, str]:
    """The mapping of a table that is plainly one of cases; else ``None`` and why it is in doubt."""
    if any(_COUNTS.search(column) for column in table.columns):
        return None, "" if not cites(table) else "a heading speaks of numbers of patients"
    rows = {cell.row for cell in table.cells}
    if not _FEWEST <= len(rows) <= _MOST_ROWS:
        return None, ""
    proposal = propose_map(document, table, vocabulary)
    if proposal is None:
        return None, ""
    mapping = proposal.mapping.model_copy(update={"table": table.number, "told": None, "episode": "reported"})
    fields = {rule.field for _, rule in mapping.rules()}
    if "diagnosis.leukemia" not in fields:
        return None, "no column has the leukemia" if "reference" in fields else ""
    if not {"patient.age", "patient.sex"} & fields:
        return None, "no column has age or sex" if "reference" in fields else ""
    if not _WHERE & fields:
        return None, "no column says where the leukemia was, how it was proved or what came of it"
    if "reference" not in fields:
        return None, "no column names the papers that tell of the cases"
    return (mapping, "") if _single(document, table, mapping) else (None, "its rows are not of single patients")


def _single(document: Document, table: Table, mapping: TableMap) -> bool:
    """Whether the cells of ages have one age each, but for a few."""
    columns = {column for column, rule in mapping.rules() if rule.field == "patient.age"}
    ages = [document.text[cell.start : cell.end].strip() for cell in table.cells if cell.column in columns]
    ages = [age for age in ages if any(c.isdigit() for c in age)]
    if columns and not ages:
        return False
    fitting = sum(_ONE_AGE.fullmatch(age) is not None and _GROUP.search(age) is None for age in ages)
    return fitting * 10 >= len(ages) * 8


def _take(found: TableCases, draft: Draft, table: Table, cells: CellReader) -> str:
    """Add the cases of a table; why not, if they cannot be trusted."""
    rows = len({cell.row for cell in table.cells})
    cases: Sequence[Data] = draft.data["cases"]
    if len(cases) * 2 < rows:
        return f"only {len(cases)} of {rows} rows name a leukemia that is known"
    works = {case["primary_reference"] for case in cases if "primary_reference" in case}
    if works & set(found.cited):
        return "another table has cases of the same papers"
    for case in cases:
        own = case["patient"]["evidence"][0]
        cells.add(case, own["cell"]["row"])
        (found.cases if case["told"] == "review" else found.own).append(case)
        if (work := case.get("primary_reference")) is not None:
            found.cited.setdefault(work, []).append(own)
    found.works |= {one.reference: one for one in draft.references if one.reference in works}
    how = f"sanctuary table {draft.document.name} --table {table.number}"
    found.notes.append(
        f"{len(cases)} cases are of Table {table.number}, named after their papers; see that cases of one name in "
        f"other records are these patients. “{how} --propose” shows how the columns were read."
    )
    found.notes += list(_open(draft, table))
    return ""


def _open(draft: Draft, table: Table) -> Iterator[str]:
    """What the cells say and no concept stands for, each once with its rows."""
    rows: dict[tuple[str, str], list[str]] = {}
    for note in draft.notes:
        if note.kind in (NoteKind.UNMAPPED, NoteKind.PROBLEM):
            row, _, column = note.place.partition(", ")
            rows.setdefault((column, note.text), []).append(row.removeprefix("row "))
    for (column, text), several in list(rows.items())[:_NOTES]:
        shown = ", ".join(several[:8]) + (" …" if len(several) > 8 else "")
        yield f"Table {table.number}, {f'{column}, ' if column else ''}row {shown}: {text}"
    if len(rows) > _NOTES:
        yield f"Table {table.number}: {len(rows) - _NOTES} more such values."


def _works(known: Bibliography, citations: Citations) -> Iterator[Reference]:
    """The works that rows may name: those of the bibliography, and those of the paper's own list."""
    yield from known.references
    for work in citations.works.values():
        yield Reference.model_validate(work)


def _with_works(document: Document, table: Table, mapping: TableMap, citations: Citations) -> TableMap:
    """The mapping with the works that its rows cite by their number in the list, or by name and year."""
    if not citations.slugs:
        return mapping
    known = {name: number for number, name in citations.slugs.items()}
    columns: dict[str, tuple[Rule, ...]] = {}
    for column, rules in mapping.columns.items():
        columns[column] = tuple(
            rule.model_copy(update={"values": _cited(document, table, column, citations, known)})
            if rule.field == "reference"
            else rule
            for rule in rules
        )
    return mapping.model_copy(update={"columns": columns})


def _cited(
    document: Document, table: Table, column: str, citations: Citations, known: Mapping[str, int]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for cell in table.cells:
        words = " ".join(document.text[cell.start : cell.end].split())
        if cell.column != column or words in values:
            continue
        year = re.search(r"(?<!\d)(?:18|19|20)\d\d(?!\d)", words)
        number = _NUMBERS.fullmatch(words)
        if year is None and number is not None and int(number[1]) in citations.slugs:
            values[words] = citations.slugs[int(number[1])]
        elif year is not None and (name := _named(words, year[0], known)):
            values[words] = name
    return values


def _named(words: str, year: str, known: Mapping[str, int]) -> str | None:
    """The work of the list whose first author and year a cell prints, also where a letter of the name is missing."""
    printed = slug(re.split(r"\s+(?:and|et|&)\s+|[,(\[&]|\d", words)[0])
    same = [name for name in known if re.fullmatch(rf"(.+)-{year}(?:-[b-z])?", name)]
    exact = [name for name in same if name.startswith(f"{printed}-{year}")]
    if len(exact) == 1:
        return exact[0]
    near = [name for name in same if _one_off(printed, name.split(f"-{year}")[0])]
    return near[0] if not exact and len(near) == 1 and len(printed) > 4 else None


def _one_off(one: str, other: str) -> bool:
    """Whether two words differ by one letter at most.

    >>> _one_off("bilstrom", "billstrom"), _one_off("nishi", "nishio"), _one_off("wang", "zhang")
    (True, True, False)
    """
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, other_rest = one[start:], other[start:]
    return rest[1:] == other_rest[1:] or rest[1:] == other_rest or rest == other_rest[1:]
