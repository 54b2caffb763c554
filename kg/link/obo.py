"""What an ontology of the OBO family (Mondo, HPO, Uberon, NCIt, DOID …) says of the codes that we map."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from kg.errors import ReleaseError
from kg.link.hierarchy import Edge, Release, Replacement, Status, climb, final_replacements, mapped_labels
from kg.link.obo_files import Progress, read_terms
from kg.link.obo_terms import Terms, iri_of
from kg.link.sssom import MappingSet

_NAMES = {
    "CHEBI": "ChEBI",
    "DOID": "Human Disease Ontology",
    "HP": "Human Phenotype Ontology",
    "MONDO": "Mondo",
    "NCIT": "NCI Thesaurus",
    "UBERON": "Uberon",
}


def read_obo(
    path: Path,
    mappings: MappingSet,
    *,
    prefix: str | None = None,
    relations: Sequence[str] = (),
    progress: Progress | None = None,
) -> Release:
    """What an ontology file says of the codes of its terminology that the mappings name, with all that is above them.

    ``prefix`` is the terminology's in the mapping set; without it, the one is taken of which the file has most terms.
    ``relations`` name relations beside is-a, as in ``part_of``, ``BFO:0000050`` or an IRI; those of the mapped codes
    are given, with what is above their ends. ``progress`` is told the bytes read and the bytes to read.

    Raises:
        ReleaseError: the file cannot be read, is cut off, has none of our terminologies or not the relation.
    """
    if prefix is not None and prefix not in mappings.prefixes:
        known = ", ".join(sorted(mappings.prefixes))
        raise ReleaseError(f"The mapping set has no prefix “{prefix}”. It has: {known}.")
    wanted = frozenset(mapping.object for mapping in mappings.mappings)
    terms = Terms(wanted, bool(relations))
    read_terms(path, terms, mappings.prefixes, progress)
    prefix = prefix or _main_prefix(path, terms, mappings)
    base = mappings.prefixes[prefix]
    labels = mapped_labels(mappings, prefix)
    statuses = tuple(_status(code, base + code.partition(":")[2], labels[code], terms, mappings) for code in labels)
    sure = [one.iri for status in statuses for one in status.replaced_by]
    starts = {iri for iri in (*(status.iri for status in statuses), *sure) if iri in terms.parents}
    edges = _edges(path, terms, starts, {_relation(path, one, terms) for one in relations}, base)
    shown = {end for edge in edges for end in (edge.child, edge.parent)} | starts
    return Release(
        slug=prefix.lower(),
        name=_NAMES.get(prefix, prefix),
        prefix=prefix,
        version=_version(terms),
        statuses=statuses,
        edges=tuple(edges),
        labels={iri: terms.labels[iri] for iri in sorted(shown) if iri in terms.labels},
        license=terms.license,
    )


def _main_prefix(path: Path, terms: Terms, mappings: MappingSet) -> str:
    """The terminology, of those that we map, to which most terms of the file belong."""
    mapped = {mapping.object_id.partition(":")[0] for mapping in mappings.mappings}
    bases = {prefix: base for prefix, base in mappings.prefixes.items() if prefix in mapped}
    counts = {prefix: sum(iri.startswith(base) for iri in terms.parents) for prefix, base in bases.items()}
    found = {prefix: count for prefix, count in counts.items() if count}
    if not found:
        few = ", ".join(sorted(terms.parents)[:3])
        raise ReleaseError(
            f"{path}: none of its terms ({few} …) is of a terminology in the mapping set. Check the file."
        )
    return max(sorted(found), key=found.__getitem__)


def _status(code: str, iri: str, ours: Sequence[str], terms: Terms, mappings: MappingSet) -> Status:
    """What the ontology says of one code."""
    active = iri in terms.parents and iri not in terms.obsolete
    if not active and iri not in terms.parents and iri not in terms.replaced:
        return Status(code, iri, known=False, active=False, our_labels=tuple(ours))
    label = terms.labels.get(iri, "")
    ends = final_replacements(
        iri, lambda one: terms.replaced.get(one, ()), lambda one: one in terms.parents and one not in terms.obsolete
    )
    offers = () if active else ends
    return Status(
        code,
        iri,
        known=True,
        active=active,
        label=label,
        names=tuple(sorted({label, *terms.synonyms.get(iri, ())} - {""})),
        replaced_by=tuple(
            Replacement(kind, _curie(end, mappings), end, terms.labels.get(end, "")) for kind, end in offers
        ),
        our_labels=tuple(ours),
    )


def _curie(iri: str, mappings: MappingSet) -> str:
    """The CURIE of a term with the prefixes of the mapping set; without a fitting one, as the OBO Foundry writes it."""
    best = max((p for p, base in mappings.prefixes.items() if iri.startswith(base)), key=len, default=None)
    if best is not None:
        return f"{best}:{iri[len(mappings.prefixes[best]) :]}"
    return re.sub(r"^.*/obo/(\w+)_", r"\1:", iri)


def _relation(path: Path, asked: str, terms: Terms) -> str:
    """The IRI of a relation that the user asks for."""
    iri = terms.relation_names.get(asked.replace(" ", "_")) or iri_of(asked, {})
    used = {relation for _, relation, _ in terms.related}
    # In OBO format a relationship may name its relation by shorthand, by CURIE or by IRI.
    if not used & {asked, iri} and iri not in {_resolved(one, terms) for one in used}:
        known = ", ".join(sorted(used)[:12]) or "none beside is-a"
        raise ReleaseError(f"{path}: has no relation “{asked}” between terms. It has: {known}.")
    return iri


def _resolved(relation: str, terms: Terms) -> str:
    return terms.relation_names.get(relation) or iri_of(relation, {})


def _edges(path: Path, terms: Terms, starts: set[str], relations: set[str], base: str) -> list[Edge]:
    """The asked-for relations of the codes, and is-a upward from the codes and from what those lead to."""
    sideways = set()
    for child, name, parent in terms.related:
        if child in starts and (relation := _resolved(name, terms)) in relations:
            sideways.add(Edge(child, relation, parent))
    ends = starts | {edge.parent for edge in sideways}

    def parents(iri: str) -> list[str]:
        above = [parent for parent in terms.parents.get(iri, ()) if parent.startswith("http")]
        for parent in above:
            if parent.startswith(base) and parent not in terms.parents:
                fault = f"{iri} is below {parent}, which the file does not hold"
                raise ReleaseError(f"{path}: {fault}. It is cut off or a part; use the whole release.")
        return [parent for parent in above if not parent.endswith("owl#Thing")]

    return sorted({*climb(sorted(ends), parents), *sideways})


def _version(terms: Terms) -> str:
    """The date in a version such as “hp/releases/2025-01-16”, else the version as it is."""
    match = re.search(r"\d{4}-\d{2}-\d{2}", terms.version)
    return match[0] if match else terms.version
