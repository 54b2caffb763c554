"""Invented tellings, and folders of invented records, for the tests of the same patient in two papers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kg.config import shipped
from kg.same_patient import Contradiction, Found, Kinds, Reason, Telling
from kg.same_patient.compare import compare
from kg.same_patient.frequencies import Frequencies
from kg.same_patient.telling import Source, Span
from kg.vocabulary import read_ontology, read_vocabulary

KINDS = Kinds(read_vocabulary(read_ontology(shipped("ontology"))))
HASH = "0" * 16
EVIDENCE = [{"mention": "said so", "start": 0, "end": 7, "sentence": HASH}]


def told(number: int, *, home: int | None = None, **more: Any) -> Telling:
    """A telling in a paper of its own."""
    source = Source(f"paper-{number}", f"paper-{number}.yaml", more.pop("signed", False), number, 1000)
    source = replace(source, **{k: more.pop(k) for k in ("cites", "retells") if k in more})
    leukemias = frozenset(more.pop("leukemias", {"AcuteMyeloidLeukemia"}))
    sites = frozenset(more.pop("sites", ()))
    age = more.pop("age", None)
    age = Span(age, age + 1) if isinstance(age, int) else age
    return Telling(
        case=more.pop("case", f"case-{number}"),
        source=source,
        home=number if home is None else home,
        age=age,
        ages=more.pop("ages", (age,) if age else ()),
        leukemias=leukemias,
        leukemia_closure=frozenset(above for one in leukemias for above in KINDS.above(one)),
        groups=frozenset(group for one in leukemias for group in KINDS.leukemia_groups(one)),
        sites=sites,
        site_closure=frozenset(above for one in sites for above in KINDS.above(one)),
        **more,
    )


def reasons(a: Telling, b: Telling, others: Sequence[Telling] = ()) -> dict[str, Reason]:
    found = compare(a, b, Frequencies([a, b, *others]), KINDS)
    assert not isinstance(found, Contradiction)
    return {reason.trait: reason for reason in found}


def ruled_out(a: Telling, b: Telling) -> str:
    found = compare(a, b, Frequencies([a, b]), KINDS)
    assert isinstance(found, Contradiction), found
    return found.trait


def names(found: Found) -> list[tuple[str, str]]:
    return [(pair.one.case, pair.other.case) for pair in found.pairs]


def case_of(slug: str, **more: Any) -> dict[str, Any]:
    return {
        "case": slug,
        "told": "primary",
        "patient": {"sex": "Male", "age": {"years": 69}, "evidence": EVIDENCE},
        "diagnoses": [{"id": "aml", "leukemia": "AcuteMyeloidLeukemia", "evidence": EVIDENCE}],
    } | more


def episode(site: str, side: str, remission: dict[str, int]) -> dict[str, Any]:
    return {
        "id": "relapse", "order": 1, "of": "aml", "onset": "InRemission", "remission": remission,
        "sites": [{"site": site, "laterality": side}], "marrow": "NotReported", "csf": "NotReported",
        "evidence": EVIDENCE,
    }  # fmt: skip


def folder_of(
    path: Path,
    *records: tuple[str, list[dict[str, Any]]],
    references: Sequence[dict[str, Any]] = (),
    signed: bool = False,
) -> Path:
    """A folder of records; JSON is YAML."""
    (path / "records").mkdir(parents=True)
    for slug, cases in records:
        curation = {"method": "Extracted", "agent": "a test", "date": "2026-11-20"} | (
            {"signed_by": "C"} if signed else {}
        )
        document = {
            "file": f"{slug}.txt",
            "sha256": hashlib.sha256(f"{path.name} {slug}".encode()).hexdigest(),
            "characters": 100,
        }
        said = {"record": slug, "document": document, "curation": curation, "cases": cases}
        (path / "records" / f"{slug}.yaml").write_text(json.dumps(said, default=str), encoding="utf-8")
    known = [*references, *({"reference": s} for s, _ in records if all(r["reference"] != s for r in references))]
    (path / "references.yaml").write_text(json.dumps({"references": known}), encoding="utf-8")
    return path


LEE = {"reference": "lee-2019-b", "identified": False, "note": "doi:10.3348/jksr.2019.80.2.339"}
LIU = {"reference": "liu-2007", "year": 2007, "pmid": "17875532"}
