"""What is wrong with a mapping set: identifiers, repetitions, contradictions, and what the releases kept say of it.

The rules, each of which a finding names:

``identifier``
    A SNOMED CT identifier has the right check digit and is that of a concept; every CURIE is written as the Bioregistry
    has it.
``repetition``
    A pair of concept and code has one row. ``skos:exactMatch`` implies ``closeMatch``; a second row adds nothing.
``contradiction``
    A pair is not exact and broad or narrow at once (SKOS Reference, S46), nor broad and narrow. ``skos:exactMatch`` is
    transitive (S45). So a concept that is exact to two codes of one terminology says that these two mean the same, and
    two concepts exact to one code say it of the concepts; a terminology, like our vocabulary, has one code a meaning.
    The one exception is a code out of use beside the code that replaced it: the first is a finding of its own.
    A row that says that a terminology has no exact (or close) match stands beside none in that terminology.
``loop``
    Matches and hierarchies together put nothing below itself; see `kg.link.loops`.
``label``, ``deprecated``, ``unknown``
    The label of a row is a name that the release has for the code; the code is in use; the release has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.link.curie_syntax import CurieSyntax
from kg.link.hierarchy import IS_A, SURE, Release, Status
from kg.link.loops import Step, find_loops
from kg.link.rf2 import PREFIX as SNOMED
from kg.link.sctid import fault, namespace
from kg.link.sssom import Mapping, MappingSet
from kg.namespaces import SANCT
from kg.vocabulary import Vocabulary

EXACT, CLOSE, BROAD, NARROW = (f"skos:{name}Match" for name in ("exact", "close", "broad", "narrow"))


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong: the line of the mapping set, its row, the rule that it breaks, why, and what to do."""

    line: int
    row: str
    rule: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.row}: {self.reason}. {self.remedy}"


def check(mappings: MappingSet, vocabulary: Vocabulary, releases: Sequence[Release] = ()) -> list[Problem]:
    """All problems of a mapping set, by line. ``releases`` are those that are kept; their rules need them.

    A row that says that a terminology has no term (``sssom:NoTermFound``) is no match: it is held against the matches
    of its concept alone.

    Raises:
        MappingError: the packages that know how CURIEs are written are not installed.
    """
    rows = mappings.mappings
    doubled = [*_pairs(rows), *_exact_twice(rows, releases)]
    found = {*_identifiers(mappings, rows), *(problem for problem, _ in doubled), *_against_releases(rows, releases)}
    told = [lines for _, lines in doubled]
    found |= {*_not_found(mappings), *_loops(mappings, rows, vocabulary, releases, told)}
    return sorted(found)


def _problem(mapping: Mapping, rule: str, reason: str, remedy: str) -> Problem:
    label = f" “{mapping.object_label}”" if mapping.object_label else ""
    row = f"{mapping.subject_id} {mapping.predicate_id} {mapping.object_id}{label}"
    return Problem(mapping.line, row, rule, reason, remedy)


def _identifiers(mappings: MappingSet, rows: Sequence[Mapping]) -> Iterator[Problem]:
    """Identifiers that cannot be right as they are written."""
    syntax = CurieSyntax(mappings.prefixes)
    for prefix, other in syntax.prefix_faults():
        reason = f"the prefixes {other} and {prefix} have one IRI"
        yield Problem(1, f"curie_map: {prefix}", "identifier", reason, "Keep one of them and rewrite its rows.")
    for mapping in rows:
        prefix, _, local = mapping.object_id.partition(":")
        snomed = fault(local) if prefix == SNOMED else ""
        if wrong := snomed or syntax.fault(mapping.object_id, mapping.object):
            yield _problem(mapping, "identifier", wrong, "Copy the identifier again from the source of the row.")


def _pairs(rows: Sequence[Mapping]) -> Iterator[tuple[Problem, frozenset[int]]]:
    """Second rows for a pair of concept and code."""
    first: dict[tuple[str, str], Mapping] = {}
    for mapping in rows:
        held = first.setdefault((mapping.subject_id, mapping.object_id), mapping)
        if held is mapping:
            continue
        lines = frozenset((held.line, mapping.line))
        kinds = {held.predicate_id, mapping.predicate_id}
        if kinds - {CLOSE} in ({EXACT}, set()) or len(kinds) == 1:
            reason = f"line {held.line} has this pair already"
            yield (
                _problem(mapping, "repetition", reason, "Remove the weaker row, or either if they are the same."),
                lines,
            )
        else:
            reason = f"line {held.line} says {held.predicate_id} of the same pair"
            yield _problem(mapping, "contradiction", reason, "Decide which of the two holds; remove the other."), lines


def _exact_twice(rows: Sequence[Mapping], releases: Sequence[Release]) -> Iterator[tuple[Problem, frozenset[int]]]:
    """Concepts exact to two codes of one terminology, and codes exact to two concepts."""
    statuses = _statuses(releases)
    by_concept: dict[tuple[str, str], Mapping] = {}
    by_code: dict[str, Mapping] = {}
    for mapping in rows:
        if mapping.predicate_id != EXACT:
            continue
        held = by_concept.setdefault((mapping.subject_id, mapping.object_id.partition(":")[0]), mapping)
        if held.object_id != mapping.object_id and not _successors(held, mapping, statuses):
            reason = (
                f"{mapping.subject_id} is exact to {held.object_id} too (line {held.line}), of the same terminology"
            )
            remedy = "Keep the one that means the same; make the other close, broad or narrow."
            yield _problem(mapping, "contradiction", reason, remedy), frozenset((held.line, mapping.line))
        held = by_code.setdefault(mapping.object_id, mapping)
        if held.subject_id != mapping.subject_id:
            reason = f"{held.subject_id} is exact to the same code (line {held.line})"
            remedy = "Keep the concept that means the same; the code is broader than the other, or close to it."
            yield _problem(mapping, "contradiction", reason, remedy), frozenset((held.line, mapping.line))


def _not_found(mappings: MappingSet) -> Iterator[Problem]:
    """Rows that say that a terminology has no match, beside a match in it; an exact match is a close one too."""
    matches: dict[tuple[str, str, str], Mapping] = {}
    for mapping in mappings.mappings:
        kinds = (EXACT, CLOSE) if mapping.predicate_id == EXACT else (mapping.predicate_id,)
        for kind in kinds if mapping.source else ():
            matches.setdefault((mapping.subject_id, kind, mapping.source), mapping)
    for mapping in mappings.not_found:
        held = matches.setdefault((mapping.subject_id, mapping.predicate_id, mapping.source), mapping)
        if held in mappings.not_found and held is not mapping:
            remedy = "Remove one of the two."
            yield _problem(mapping, "repetition", f"line {held.line} says the same of this terminology", remedy)
        elif held is not mapping:
            reason = f"line {held.line} has {held.object_id} of this terminology as {held.predicate_id}"
            yield _problem(mapping, "contradiction", reason, "Decide which of the two holds; remove the other.")


def _successors(one: Mapping, other: Mapping, statuses: dict[str, Status]) -> bool:
    """Whether a release says that of two codes one replaced the other."""
    for old, new in ((one, other), (other, one)):
        status = statuses.get(old.object_id)
        if status is not None and any(r.kind in SURE and r.code == new.object_id for r in status.replaced_by):
            return True
    return False


def _loops(
    mappings: MappingSet,
    rows: Sequence[Mapping],
    vocabulary: Vocabulary,
    releases: Sequence[Release],
    told: Sequence[frozenset[int]],
) -> Iterator[Problem]:
    """Loops through matches, without those that a pair of rows told of before makes."""
    by_line = {mapping.line: mapping for mapping in rows}
    for loop in find_loops(_steps(mappings, rows, vocabulary, releases)):
        lines = sorted({step.line for step in loop if step.line})
        if any(pair <= set(lines) for pair in told):
            continue
        way = ", ".join(f"{step.lower} {step.words} {step.upper}" for step in loop)
        remedy = f"One of these does not hold; look at line {' and '.join(map(str, lines))}."
        yield _problem(by_line[lines[0]], "loop", f"it puts {loop[0].lower} below itself: {way}", remedy)


def _steps(
    mappings: MappingSet, rows: Sequence[Mapping], vocabulary: Vocabulary, releases: Sequence[Release]
) -> Iterator[Step]:
    """What is at the same height or below what, after the mappings, our vocabulary and the releases."""
    own = next((prefix for prefix, iri in mappings.prefixes.items() if iri == SANCT), "sanct")
    for concept in vocabulary.concepts.values():
        for parent in concept.parents:
            yield Step(f"{own}:{concept.name}", f"{own}:{parent}", True, 0, "is below")
    for release in releases:
        base = mappings.prefixes.get(release.prefix)
        for child, relation, parent in release.edges:
            if relation == IS_A and base:
                lower, upper = (_curie(iri, base, release.prefix) for iri in (child, parent))
                yield Step(lower, upper, True, 0, "is below")
    for mapping in rows:
        ours, code, line = mapping.subject_id, mapping.object_id, mapping.line
        if mapping.predicate_id == EXACT:
            yield Step(ours, code, False, line, "is exactly")
            yield Step(code, ours, False, line, "is exactly")
        elif mapping.predicate_id == BROAD:
            yield Step(ours, code, True, line, "is narrower than")
        elif mapping.predicate_id == NARROW:
            yield Step(code, ours, True, line, "is narrower than")


def _curie(iri: str, base: str, prefix: str) -> str:
    return f"{prefix}:{iri[len(base) :]}" if iri.startswith(base) else iri


def _statuses(releases: Sequence[Release]) -> dict[str, Status]:
    return {code: status for release in releases for code, status in release.status().items()}


def _against_releases(rows: Sequence[Mapping], releases: Sequence[Release]) -> Iterator[Problem]:
    """Codes that the releases kept do not have, or no longer use, and labels that are not theirs."""
    kept = {release.prefix: (release, release.status()) for release in releases}
    for mapping in rows:
        release, statuses = kept.get(mapping.object_id.partition(":")[0], (None, {}))
        if release is not None:
            yield from _against(mapping, release, statuses.get(mapping.object_id))


def _against(mapping: Mapping, release: Release, status: Status | None) -> Iterator[Problem]:
    """What one release says of one row."""
    called = f"{release.name} {release.version}".strip()
    if status is None:
        reason = f"{called} was linked before this row was there"
        yield _problem(mapping, "unknown", reason, "Link the release again.")
    elif not status.known and not status.outside:
        extension = namespace(mapping.object_id.partition(":")[2]) if release.prefix == SNOMED else ""
        hint = f" although it covers the extension {extension}" if extension else ""
        remedy = "Correct the identifier, or link a newer release."
        yield _problem(mapping, "unknown", f"{called} has no such code{hint}", remedy)
    elif status.known and not status.active:
        offers = ", ".join(f"{one.kind} {one.code} “{one.label}”" for one in status.replaced_by)
        remedy = f"Map the concept anew: {offers}." if offers else "Map the concept anew; nothing replaces the code."
        yield _problem(mapping, "deprecated", f"the code is out of use in {called}", remedy)
    elif status.fits(mapping.object_label) is False:
        remedy = "Look whether the code still means the same, then take the label."
        yield _problem(mapping, "label", f"{called} calls the code “{status.label}”", remedy)
