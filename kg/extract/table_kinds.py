"""What a table is of, by its headings: several patients or papers, or the values of one patient."""

from __future__ import annotations

from kg.ingest import Document, Table
from kg.ingest.case_table_headings import field_of, has_age_and_sex

_FEWEST_COLUMNS = 4
_PAPERS = ("reference", "reference.year")


def tells_who(table: Table) -> bool:
    """Whether headings speak of age or sex, beside others."""
    return len(table.columns) >= _FEWEST_COLUMNS and any(
        has_age_and_sex(column) or field_of(column) in ("patient.age", "patient.sex") for column in table.columns
    )


def cites(table: Table) -> bool:
    """Whether a heading says that its column names papers."""
    return any(field_of(column) in _PAPERS for column in table.columns)


def of_others(document: Document) -> list[tuple[int, int]]:
    """The stretches of tables that tell of several patients or of other papers; they say nothing of the one patient."""
    found = []
    for table in document.tables:
        rows = {cell.row for cell in table.cells}
        if not table.cells or not (cites(table) or (tells_who(table) and len(rows) > 1)):
            continue
        first = table.cells[0].start
        section = next((s for s in document.sections if s.start <= first < s.end), None)
        if section is not None and section.name.lower().startswith("table"):
            # The notes below it explain its short forms.
            own = (section.name, f"{section.name} notes")
            found += [(s.start, s.end) for s in document.sections if s.name in own]
        else:
            found.append((first, max(cell.end for cell in table.cells)))
    return found
