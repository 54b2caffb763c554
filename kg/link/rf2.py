"""What a SNOMED CT release in RF2 says of the codes that we map.

The files are streamed: of descriptions and language preferences only the rows of codes that matter are kept, of
relationships only is-a and the attributes asked for, as numbers in arrays. So a full-size release takes seconds and
little memory. The newest row of an identifier counts, which makes Full and Snapshot, and an edition made of several
packages, the same to read.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import ReleaseError
from kg.link.hierarchy import SURE, Edge, Release, Replacement, Status, climb, final_replacements
from kg.link.rf2_files import Part, Progress, Rf2Files, open_release, rows
from kg.link.rf2_names import Names, read_names
from kg.link.sctid import fault, namespace

PREFIX = "SNOMEDCT"
IRI = "http://snomed.info/id/"
_TYPE_IS_A = b"116680003"
_INFERRED = b"900000000000011006"
ASSOCIATIONS = {
    b"900000000000526001": "replaced by",
    b"900000000000527005": "same as",
    b"900000000000523009": "possibly equivalent to",
    b"900000000000528000": "was a",
    b"900000000000530003": "alternative",
    b"900000000000524003": "moved to",
    b"1186921001": "possibly replaced by",
    b"1186924009": "partially equivalent to",
}
"""The historical association reference sets that point to what can be used instead; identifiers from the SNOMED CT
Release File Specification, “Historical Association Reference Sets”, and, the last two, from IHTSDO's own tools."""


@dataclass
class _Reading:
    """The files that are open, with the count of what is read of them."""

    files: Rf2Files
    progress: Progress | None
    done: int = 0

    def rows(self, content: str) -> Iterator[list[bytes]]:
        """All rows of one kind of content, file after file."""
        for part in self.files.parts.get(content, ()):
            yield from rows(part, content, self._count)

    def parts(self, content: str) -> tuple[Part, ...]:
        return self.files.parts.get(content, ())

    def _count(self, size: int) -> None:
        self.done += size
        if self.progress is not None:
            self.progress(min(self.done, self.files.size), self.files.size)


@dataclass
class _Relationships:
    """Relationships in columns of numbers; those of one source are chained backwards from its last."""

    identifier: array[int] = field(default_factory=lambda: array("Q"))
    stamp: array[int] = field(default_factory=lambda: array("Q"))
    target: array[int] = field(default_factory=lambda: array("Q"))
    relation: array[int] = field(default_factory=lambda: array("Q"))
    previous: array[int] = field(default_factory=lambda: array("q"))
    last: dict[int, int] = field(default_factory=dict)

    def add(self, identifier: int, stamp: int, source: int, target: int, relation: int) -> None:
        """One row; ``stamp`` is its time, with the last bit telling whether it is in use."""
        self.previous.append(self.last.get(source, -1))
        self.last[source] = len(self.identifier)
        self.identifier.append(identifier)
        self.stamp.append(stamp)
        self.target.append(target)
        self.relation.append(relation)

    def of(self, source: int) -> list[tuple[int, int]]:
        """Relation and target of those in use, sorted: of each identifier the newest row decides."""
        newest: dict[int, int] = {}
        index = self.last.get(source, -1)
        while index >= 0:
            held = newest.get(self.identifier[index])
            if held is None or self.stamp[index] > self.stamp[held]:
                newest[self.identifier[index]] = index
            index = self.previous[index]
        return sorted({(self.relation[i], self.target[i]) for i in newest.values() if self.stamp[i] & 1})


def read_rf2(
    path: Path,
    labels: Mapping[str, Sequence[str]],
    *,
    relations: Sequence[str] = (),
    language: str = "en",
    progress: Progress | None = None,
) -> Release:
    """What the release in a folder or a zip says of some codes, with all that is above them.

    ``labels`` has the codes as CURIEs (``SNOMEDCT:22298006``), each with the labels that we give it. ``relations`` are
    the SNOMED CT identifiers of attribute types whose relationships of those codes are wanted beside is-a.
    ``progress`` is told the bytes read and the bytes to read.

    Raises:
        ReleaseError: the release or a relation cannot be used; one sentence with file, line and what to do.
    """
    for relation in relations:
        if problem := fault(relation):
            raise ReleaseError(f"The relation {relation} is no SNOMED CT concept: {problem}. Correct the identifier.")
    ours = {code.partition(":")[2].encode(): code for code in labels}
    with open_release(path) as files:
        reading = _Reading(files, progress)
        offers = _associations(reading, set(ours))
        starts = {*ours, *(target for found in offers.values() for kind, target in found if kind in SURE)}
        offered = {target for found in offers.values() for _, target in found}
        relationships = _relationships(reading, {_TYPE_IS_A, *(one.encode() for one in relations)})
        edges = _edges(relationships, starts)
        above = {end.rsplit("/", 1)[1].encode() for edge in edges for end in (edge.child, edge.parent)}
        active, extensions = _concepts(reading, starts | offered | above)
        if lacking := sorted(above - active.keys()):
            problem = f"the concept {lacking[0].decode()} has relationships and is not in the concept file"
            remedy = "It is cut off, or an extension without the release that it extends; use the complete edition"
            raise ReleaseError(f"{path}: {problem}. {remedy}.")
        names = read_names(reading.rows, set(active), language)
    statuses = [_status(code, labels[code], active, extensions, names, offers) for code in sorted(labels)]
    shown = {IRI + code.decode(): one.label for code, one in names.items() if one.label}
    ends = {end for edge in edges for end in edge} | {status.iri for status in statuses}
    ends |= {offer.iri for status in statuses for offer in status.replaced_by}
    return Release(
        slug="snomedct",
        name="SNOMED CT",
        prefix=PREFIX,
        version=files.date,
        statuses=tuple(statuses),
        edges=tuple(edges),
        labels={iri: shown[iri] for iri in sorted(ends & shown.keys())},
        language=language,
    )


Offers = dict[bytes, list[tuple[str, bytes]]]


def _associations(reading: _Reading, codes: set[bytes]) -> Offers:
    """What is offered instead of the codes, and in turn instead of what is offered; kind and target, sorted."""
    offers: Offers = {}
    ahead = set(codes)
    while ahead:
        newest: dict[bytes, list[bytes]] = {}
        for row in reading.rows("association"):
            if row[5] in ahead and row[4] in ASSOCIATIONS and _newer(row, newest.get(row[0])):
                newest[row[0]] = row
        for row in newest.values():
            if row[2] == b"1":
                offers.setdefault(row[5], []).append((ASSOCIATIONS[row[4]], row[6].rstrip(b"\r")))
        ahead = {target for found in offers.values() for _, target in found} - offers.keys() - codes
        codes |= ahead
    return {code: sorted(set(found)) for code, found in offers.items()}


def _newer(row: list[bytes], held: list[bytes] | None) -> bool:
    return held is None or row[1] > held[1]


def _relationships(reading: _Reading, types: set[bytes]) -> _Relationships:
    """The relationships of some types, with those out of use where a later row could be needed to know it."""
    table = _Relationships()
    parts = reading.parts("relationship")
    once = reading.files.kind == "Snapshot" and len(parts) == 1
    row: list[bytes] = []
    try:
        for row in reading.rows("relationship"):
            if row[7] in types:
                in_use = row[2] == b"1" and row[8] == _INFERRED
                if in_use or not once:
                    stamp = int(row[1] or 0) * 2 + in_use
                    table.add(int(row[0]), stamp, int(row[4]), int(row[5]), int(row[7]))
    except (ValueError, OverflowError) as error:
        problem = f"the relationship “{row[0].decode()}” has a cell that is no number where one belongs"
        raise ReleaseError(f"{parts[0].name}: {problem}. Take the file from the release again.") from error
    return table


def _edges(table: _Relationships, starts: Iterable[bytes]) -> list[Edge]:
    """The asked-for relationships of the codes, and is-a upward from the codes and from what those lead to."""
    is_a = int(_TYPE_IS_A)
    codes = {int(code) for code in starts if code.isdigit() and len(code) <= 18}
    sideways = [
        Edge(IRI + str(code), IRI + str(relation), IRI + str(target))
        for code in codes
        for relation, target in table.of(code)
        if relation != is_a
    ]
    ends = {IRI + str(code) for code in codes} | {edge.parent for edge in sideways}

    def parents(iri: str) -> list[str]:
        return [IRI + str(target) for relation, target in table.of(int(iri[len(IRI) :])) if relation == is_a]

    return sorted({*climb(sorted(ends), parents), *sideways})


def _concepts(reading: _Reading, codes: set[bytes]) -> tuple[dict[bytes, bool], set[str]]:
    """Whether each of the codes that the release has is in use, and the namespaces of the extensions that it has."""
    newest: dict[bytes, list[bytes]] = {}
    extensions: set[bytes] = set()
    for row in reading.rows("concept"):
        code = row[0]
        if code[-3:-2] == b"1":
            extensions.add(code[-10:-3])
        if code in codes and _newer(row, newest.get(code)):
            newest[code] = row
    return {code: row[2] == b"1" for code, row in newest.items()}, {one.decode() for one in extensions}


def _status(
    curie: str,
    ours: Sequence[str],
    active: Mapping[bytes, bool],
    extensions: set[str],
    names: Mapping[bytes, Names],
    offers: Offers,
) -> Status:
    """What the release says of one code."""
    local = curie.partition(":")[2]
    code = local.encode()
    if code not in active:
        outside = not fault(local) and namespace(local) not in {"", *extensions}
        return Status(curie, IRI + local, known=False, active=False, our_labels=tuple(ours), outside=outside)
    own = names.get(code, Names())
    replaced: list[Replacement] = []
    if not active[code]:
        ends = final_replacements(
            local,
            lambda one: [(kind, target.decode()) for kind, target in offers.get(one.encode(), ())],
            lambda one: active.get(one.encode(), False),
        )
        for kind, end in ends:
            label = names.get(end.encode(), Names()).label
            replaced.append(Replacement(kind, f"{PREFIX}:{end}", IRI + end, label))
    return Status(
        curie,
        IRI + local,
        known=True,
        active=active[code],
        label=own.label,
        full_name=own.full_name,
        names=own.all,
        replaced_by=tuple(replaced),
        our_labels=tuple(ours),
    )
