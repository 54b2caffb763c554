"""Each rule of the check finds what it is there for and nothing else, and our own mapping set keeps them all."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kg.config import shipped
from kg.link.check import Problem, check
from kg.link.hierarchy import IS_A, Edge, Release, Replacement, Status
from kg.link.loops import Step, find_loops
from kg.link.sssom import Mapping, MappingSet, read_mappings
from kg.namespaces import SANCT
from kg.vocabulary import Concept, Vocabulary

pytest.importorskip("bioregistry")

PREFIXES = {
    "DCM": "http://dicom.nema.org/resources/ontology/DCM/",
    "HP": "http://purl.obolibrary.org/obo/HP_",
    "ICDO": "https://identifiers.org/icdo:",
    "LOINC": "https://loinc.org/",
    "NCIT": "http://purl.obolibrary.org/obo/NCIT_",
    "ONCOTREE": "http://purl.bioontology.org/ontology/ONCOTREE/",
    "RADLEX": "http://radlex.org/RID/",
    "SNOMEDCT": "http://snomed.info/id/",
    "UCUM": "https://ucum.org/ucum#",
    "UniProtKB": "http://purl.uniprot.org/uniprot/",
    "sanct": SANCT,
}
A, B, C = "HP:0000001", "HP:0000002", "HP:0000003"


def concept(name: str, *parents: str) -> Concept:
    return Concept(name, name.lower(), "A thing.", (), "Findings", parents)


WORDS = Vocabulary({one.name: one for one in (concept("Pain"), concept("BonePain", "Pain"), concept("Fever"))})


def row(line: int, subject: str, kind: str, code: str, label: str = "", source: str = "") -> Mapping:
    prefix, _, local = code.partition(":")
    iri = PREFIXES.get(prefix, "https://w3id.org/sssom/") + local
    return Mapping(line, f"sanct:{subject}", f"skos:{kind}Match", code, label, SANCT + subject, "x", iri, source=source)


def found(*rows: Mapping, releases: Sequence[Release] = (), not_found: Sequence[Mapping] = ()) -> list[Problem]:
    return check(MappingSet(PREFIXES, {}, rows, tuple(not_found)), WORDS, releases)


def told(*rows: Mapping, releases: Sequence[Release] = ()) -> list[tuple[int, str]]:
    return [(problem.line, problem.rule) for problem in found(*rows, releases=releases)]


def release(*statuses: Status, edges: Sequence[tuple[str, str]] = ()) -> Release:
    ends = [Edge(PREFIXES["HP"] + child[3:], IS_A, PREFIXES["HP"] + up[3:]) for child, up in edges]
    return Release("hp", "HPO", "HP", "2025-01-16", statuses, tuple(ends), {})


def status(code: str, label: str = "Pain", *names: str, active: bool = True, known: bool = True) -> Status:
    return Status(code, PREFIXES["HP"] + code[3:], known, active, label, "", (label, *names))


def test_our_own_mapping_set_keeps_all_rules(vocabulary: Vocabulary) -> None:
    mappings = read_mappings(shipped("data") / "mappings.sssom.tsv")
    assert "\n".join(map(str, check(mappings, vocabulary))) == ""


def test_sound_rows_have_no_problem() -> None:
    assert not found(
        row(2, "Pain", "exact", A),
        row(3, "Pain", "close", B),
        row(4, "Pain", "exact", "NCIT:C3303"),
        row(5, "BonePain", "broad", A),
        row(6, "BonePain", "exact", C),
        row(7, "Fever", "narrow", "SNOMEDCT:22298006"),
    )


@pytest.mark.parametrize(
    "code",
    [
        "SNOMEDCT:22298006",
        "SNOMEDCT:12301000132103",
        "HP:0002653",
        "NCIT:C3171",
        "ICDO:9836/3",
        "RADLEX:RID3711",
        "LOINC:26464-8",
        "DCM:CT",
        "DCM:113014",
        "ONCOTREE:BLL",
        "UCUM:10*9/L",
        "UniProtKB:P28906",
    ],
)
def test_identifiers_that_are_right(code: str) -> None:
    assert not found(row(2, "Pain", "exact", code))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("SNOMEDCT:22298007", "check digit"),
        ("SNOMEDCT:751689013", "identifier of a description"),
        ("HP:2653", "not written as the Bioregistry has it for hp"),
        ("HP:HP_0002653", "not written as"),
        ("NCIT:3171", "not written as"),
        ("ICDO:9836-3", "not written as"),
        ("RADLEX:3711", "not written as"),
        ("LOINC:26464", "not written as"),
        ("DCM:ct", "not written as"),
        ("ONCOTREE:b-ll", "not written as"),
        ("UCUM:m l", "not written as"),
        ("UniProtKB:28906", "not written as"),
        ("XYZZY:1", "no prefix “XYZZY”"),
    ],
)
def test_identifiers_that_are_wrong(code: str, reason: str) -> None:
    (problem,) = found(row(2, "Pain", "exact", code, "Pain"))
    assert (problem.line, problem.rule) == (2, "identifier")
    assert reason in problem.reason
    assert problem.row == f"sanct:Pain skos:exactMatch {code} “Pain”"
    assert problem.remedy


def test_two_prefixes_with_one_iri() -> None:
    twice = {**PREFIXES, "HPO": PREFIXES["HP"]}
    (problem,) = check(MappingSet(twice, {}, ()), WORDS)
    assert (problem.line, problem.rule) == (1, "identifier")
    assert "HP and HPO have one IRI" in problem.reason


@pytest.mark.parametrize("kinds", [("exact", "exact"), ("exact", "close"), ("close", "exact"), ("broad", "broad")])
def test_a_pair_that_is_there_twice(kinds: tuple[str, str]) -> None:
    assert told(row(2, "Pain", kinds[0], A), row(3, "Pain", kinds[1], A)) == [(3, "repetition")]


@pytest.mark.parametrize("kinds", [("exact", "broad"), ("narrow", "exact"), ("broad", "narrow"), ("close", "broad")])
def test_a_pair_that_is_two_things_at_once(kinds: tuple[str, str]) -> None:
    assert told(row(2, "Pain", kinds[0], A), row(3, "Pain", kinds[1], A)) == [(3, "contradiction")]


def test_a_concept_exact_to_two_codes_of_one_terminology() -> None:
    (problem,) = found(row(2, "Pain", "exact", A), row(3, "Pain", "exact", B))
    assert (problem.line, problem.rule) == (3, "contradiction")
    assert "HP:0000001 too (line 2)" in problem.reason


def test_two_concepts_exact_to_one_code() -> None:
    (problem,) = found(row(2, "Pain", "exact", A), row(3, "Fever", "exact", A))
    assert (problem.line, problem.rule) == (3, "contradiction")
    assert "sanct:Pain is exact to the same code (line 2)" in problem.reason


def test_parent_and_child_exact_to_one_code_are_told_of_once() -> None:
    assert told(row(2, "Pain", "exact", A), row(3, "BonePain", "exact", A)) == [(3, "contradiction")]


def test_a_code_and_its_successor_are_no_contradiction() -> None:
    old = Status(A, "x", True, False, "Pain", replaced_by=(Replacement("replaced by", B, "y", "Pain"),))
    rows = row(2, "Pain", "exact", A), row(3, "Pain", "exact", B)
    assert told(*rows, releases=[release(old, status(B))]) == [(2, "deprecated")]
    unsure = Status(A, "x", True, False, "Pain", replaced_by=(Replacement("consider", B, "y", "Pain"),))
    assert (3, "contradiction") in told(*rows, releases=[release(unsure, status(B))])


def test_a_loop_through_our_hierarchy() -> None:
    (problem,) = found(row(2, "Pain", "broad", A), row(3, "BonePain", "exact", A))
    assert (problem.line, problem.rule) == (2, "loop")
    for step in ("sanct:BonePain is below sanct:Pain", "sanct:Pain is narrower than HP:0000001", "line 2 and 3"):
        assert step in f"{problem.reason} {problem.remedy}"


def test_a_loop_of_matches_alone() -> None:
    rows = row(2, "Pain", "narrow", A), row(3, "Fever", "broad", A), row(4, "Pain", "exact", "NCIT:C1")
    assert told(*rows) == [], "Fever is below A and A below Pain, which is no loop"
    assert told(*rows, row(5, "Fever", "narrow", "NCIT:C1")) == [(2, "loop")]


def test_a_hierarchy_turned_around_by_a_release() -> None:
    rows = row(2, "Pain", "exact", A, "a"), row(3, "BonePain", "exact", B, "b")
    statuses = status(A, "a"), status(B, "b")
    assert told(*rows, releases=[release(*statuses, edges=[(B, A)])]) == []
    assert told(*rows, releases=[release(*statuses, edges=[(A, B)])]) == [(2, "loop")]


def test_a_close_match_makes_no_loop() -> None:
    assert told(row(2, "Pain", "broad", A), row(3, "BonePain", "close", A)) == []


def test_a_loop_without_a_mapping_is_not_told_here() -> None:
    up = Step("a", "b", True, 0, "is below"), Step("b", "a", True, 0, "is below")
    assert find_loops(up) == []
    assert len(find_loops([*up, Step("b", "a", True, 7, "is narrower than")])) == 1


def test_each_loop_is_told_once_and_by_its_own_rows() -> None:
    rows = row(2, "Pain", "broad", A), row(3, "BonePain", "exact", A), row(4, "Fever", "broad", B)
    assert told(*rows, row(5, "BonePain", "exact", "NCIT:C1"), row(6, "Pain", "broad", "NCIT:C1")) == [
        (2, "loop"),
        (5, "loop"),
    ]


def test_a_strict_row_is_a_loop_though_the_way_back_is_level() -> None:
    (loop,) = find_loops([Step("a", "b", True, 1, "is narrower than"), Step("b", "a", False, 2, "is exactly")])
    assert [step.line for step in loop] == [1, 2]
    assert find_loops([Step("a", "b", False, 1, "is exactly"), Step("b", "a", False, 1, "is exactly")]) == []


def test_a_long_chain_is_no_trouble() -> None:
    chain = [Step(f"{n:06}", f"{n + 1:06}", True, 0, "is below") for n in range(30_000)]
    (loop,) = find_loops([*chain, Step("030000", "000000", False, 5, "is exactly")])
    assert len(loop) == 30_001
    assert find_loops(chain) == []


def test_no_term_found_is_accepted_and_held_against_matches() -> None:
    hpo, ncit = "https://example.org/hpo", "https://example.org/ncit"
    none = row(3, "Pain", "exact", "sssom:NoTermFound", source=hpo)
    assert found(row(2, "Pain", "exact", "NCIT:C1", source=ncit), not_found=[none]) == []
    assert found(row(2, "Pain", "broad", A, source=hpo), not_found=[none]) == []
    (problem,) = found(row(2, "Pain", "exact", A, source=hpo), not_found=[none])
    assert (problem.line, problem.rule) == (3, "contradiction")
    no_close = row(3, "Pain", "close", "sssom:NoTermFound", source=hpo)
    assert [one.rule for one in found(row(2, "Pain", "exact", A, source=hpo), not_found=[no_close])] == [
        "contradiction"
    ]
    again = row(4, "Pain", "exact", "sssom:NoTermFound", source=hpo)
    assert [(one.line, one.rule) for one in found(not_found=[none, again])] == [(4, "repetition")]


def test_labels_are_held_against_a_release() -> None:
    kept = [release(status(A, "Pain", "Ache"))]
    assert told(row(2, "Pain", "exact", A, "ache"), releases=kept) == []
    assert told(row(2, "Pain", "exact", A, ""), releases=kept) == []
    (problem,) = found(row(2, "Pain", "exact", A, "Agony"), releases=kept)
    assert (problem.rule, problem.reason) == ("label", "HPO 2025-01-16 calls the code “Pain”")


def test_a_code_out_of_use_is_told_with_what_replaces_it() -> None:
    old = Status(A, "x", True, False, "Pain", replaced_by=(Replacement("replaced by", B, "y", "Ache"),))
    (problem,) = found(row(2, "Pain", "exact", A), releases=[release(old)])
    assert problem.rule == "deprecated"
    assert problem.remedy == "Map the concept anew: replaced by HP:0000002 “Ache”."


def test_a_code_that_the_release_lacks() -> None:
    gone = Status(A, "x", known=False, active=False)
    outside = Status(B, "y", known=False, active=False, outside=True)
    rows = row(2, "Pain", "exact", A), row(3, "Fever", "exact", B), row(4, "BonePain", "exact", C)
    assert told(*rows, releases=[release(gone, outside)]) == [(2, "unknown"), (4, "unknown")]
    assert told(*rows) == [], "without a release nothing is said"
