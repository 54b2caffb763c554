"""A mapping for a table whose headings are plain: what each column holds, by its heading and by its cells.

A proposal says only what stands there: a heading that is not known, and a value for which there is no concept, are left
for the curator. `map_yaml` writes it as a file to be completed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.ingest import case_table_headings as headings
from kg.ingest import case_table_words as words
from kg.ingest.case_table_map import NOT_REPORTED, Column, Lookup, Rule, TableMap
from kg.ingest.case_table_values import concepts_of, investigations_of
from kg.ingest.document import Document, Table
from kg.vocabulary import Vocabulary

_SHOWN = 15
_ONCE: frozenset[Column] = frozenset({
    "reference", "reference.year", "patient.age", "diagnosis.age", "patient.sex", "diagnosis.leukemia", "episode.onset",
    "episode.extent", "episode.marrow", "episode.csf", "outcome.vital_status",
})  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """A mapping by headings, the columns of which none is known, and for each rule the values that it cannot read."""

    mapping: TableMap
    left: tuple[str, ...]
    unread: dict[tuple[str, int], tuple[str, ...]]


def propose_map(document: Document, table: Table, vocabulary: Vocabulary, sheet: str | None = None) -> Proposal | None:
    """The mapping that a table's headings and cells suggest; ``None`` where no heading is known."""
    lookup = Lookup(vocabulary)
    cells: dict[str, list[str]] = {column: [] for column in table.columns}
    for cell in table.cells:
        cells[cell.column].append(" ".join(document.text[cell.start : cell.end].split()))
    silent = _silent(cells.values())
    columns: dict[str, tuple[Rule, ...]] = {}
    for column in table.columns:
        told = list(dict.fromkeys(cell for cell in cells[column] if cell.casefold() not in silent))
        taken = {rule.field for rules in columns.values() for rule in rules} & _ONCE
        rules = [rule for rule in _rules(column, told, lookup) if rule.field not in taken]
        if rules:
            columns[column] = tuple(rules)
    if not columns:
        return None
    mapping = TableMap(
        table=table.number if len(document.tables) > 1 else None,
        sheet=sheet,
        not_reported=tuple(dict.fromkeys([*NOT_REPORTED, *(one for one in words.SILENT if one.casefold() in silent)])),
        columns=columns,
    )
    unread = {
        (column, index): tuple(_unread(rule, cells[column], silent, lookup))
        for column, rules in columns.items()
        for index, rule in enumerate(rules)
    }
    return Proposal(mapping, tuple(column for column in table.columns if column not in columns), unread)


def _silent(columns: Iterable[Sequence[str]]) -> frozenset[str]:
    """What in this table says that nothing is reported; a dash does so unless the table has “+” or “yes”."""
    found = {word.casefold() for word in NOT_REPORTED}
    used = {cell.casefold() for cells in columns for cell in cells}
    found |= {word.casefold() for word in words.SILENT} & used
    if used & {"+", "yes", "present", "positive"}:
        found -= set(words.DASHES)
    return frozenset(found)


def _rules(column: str, cells: Sequence[str], lookup: Lookup) -> Iterator[Rule]:
    """What a column holds."""
    if headings.has_age_and_sex(column):
        yield from _age_and_sex(column, cells)
        return
    field = headings.field_of(column)
    modality = headings.modality_of(column, lookup)
    if modality is not None:
        yield _worded(Rule(field="investigation", concept=modality), cells, lookup)
        above = {modality} | lookup.above(modality)
        for part, group in (("csf", "CSFExamination"), ("marrow", "BoneMarrowExamination")):
            if group in above and "biopsy" not in column.casefold():
                yield _worded(Rule(field="episode.csf" if part == "csf" else "episode.marrow"), cells, lookup)
    elif field in ("patient.age", "diagnosis.age"):
        yield Rule.model_validate({"field": field, "unit": headings.unit_of(column)})
    elif field == "episode.sites":
        yield from _where(cells, lookup)
    elif field == "investigations":
        yield Rule(field=field)
    elif field is not None:
        yield _worded(Rule(field=field), cells, lookup)
    elif (finding := headings.finding_of(column, lookup)) and cells and all(map(words.is_yes_or_no, cells)):
        yield _worded(Rule(field="finding", concept=finding), cells, lookup)


def _age_and_sex(column: str, cells: Sequence[str]) -> Iterator[Rule]:
    """Age and sex out of one column, by the plainest pattern that fits the most cells."""
    fitting = [sum(re.fullmatch(form, cell) is not None for cell in cells) for form, _ in words.AGE_AND_SEX]
    ages, sexes = words.AGE_AND_SEX[fitting.index(max(fitting))]
    yield Rule.model_validate({"field": "patient.age", "pattern": ages, "unit": headings.unit_of(column)})
    yield Rule(field="patient.sex", pattern=sexes)


def _where(cells: Sequence[str], lookup: Lookup) -> Iterator[Rule]:
    """Sites, or the extent of the disease, or both: whichever the cells name."""
    sites, extent = Rule(field="episode.sites"), Rule(field="episode.extent")
    if any(concepts_of(extent, cell, lookup)[0] for cell in cells):
        yield extent
        if not any(concepts_of(sites, cell, lookup)[0] for cell in cells):
            return
    yield sites


def _worded(rule: Rule, cells: Sequence[str], lookup: Lookup) -> Rule:
    """A rule with values for the cells that no label has and whose words are plain."""
    values: dict[str, str] = {}
    both = any(map(words.is_yes, cells))
    for cell in cells:
        if cell in words.DASHES and not both:
            continue  # it may as well mean that nothing is reported
        plain = words.meaning(rule.field, cell) if rule.field != "finding" or rule.concept else None
        if plain and not concepts_of(rule, cell, lookup)[0]:
            values[cell] = plain
    return rule.model_copy(update={"values": values})


def _unread(rule: Rule, cells: Sequence[str], silent: frozenset[str], lookup: Lookup) -> Iterator[str]:
    """The values of a column that a rule cannot read, each once."""
    for cell in dict.fromkeys(cells):
        match = re.fullmatch(rule.pattern, cell) if rule.pattern else None
        known = match is not None or rule.pattern is None
        if rule.field == "investigations":
            known = not investigations_of(rule, cell, lookup)[1]
        elif known and rule.schemes:
            known = bool(concepts_of(rule, match[1] if match else cell, lookup)[0])
        if cell.casefold() not in silent and not known:
            yield cell


def map_yaml(proposal: Proposal) -> str:
    """A proposal as the YAML of a mapping, with what it leaves open as comments."""
    mapping = proposal.mapping
    lines = ["# A proposal by the headings. Complete it, then give it as --columns.\n"]
    lines += [f"table: {mapping.table}\n"] * (mapping.table is not None)
    lines += [f"sheet: {_quoted(mapping.sheet or '')}\n"] * (mapping.sheet is not None)
    lines += [f"episode: {mapping.episode}\n"]
    lines += [f"not_reported: [{', '.join(map(_quoted, mapping.not_reported))}]\n", "columns:\n"]
    for column, rules in mapping.columns.items():
        lines.append(f"  {_quoted(column)}:\n")
        for index, rule in enumerate(rules):
            lines.append(f"    - {_rule(rule)}\n")
            left = proposal.unread.get((column, index), ())
            lines += [f"    #   no concept is known for {_quoted(value)}\n" for value in left[:_SHOWN]]
            lines += [f"    #   … and {len(left) - _SHOWN} more values\n"] * (len(left) > _SHOWN)
    lines += [f"  # not read: {_quoted(column)}\n" for column in proposal.left]
    return "".join(lines)


def _rule(rule: Rule) -> str:
    said = [f"field: {rule.field}"]
    said += [f"concept: {rule.concept}"] * (rule.concept is not None)
    said += [f"unit: {rule.unit}"] * (rule.unit != "years")
    said += [f"pattern: {_quoted(rule.pattern or '')}"] * (rule.pattern is not None)
    if rule.values:
        said.append("values: {" + ", ".join(f"{_quoted(key)}: {value}" for key, value in rule.values.items()) + "}")
    return "{" + ", ".join(said) + "}"


def _quoted(text: str) -> str:
    """A text in double quotes, as YAML and JSON share them; DEL and line ends of Unicode are escaped."""
    shown = json.dumps(text, ensure_ascii=False)
    return "".join(
        c if c.isprintable() else f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}" for c in shown
    )
