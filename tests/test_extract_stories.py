"""Leukemias by name and relapse by the story, in the many ways papers word them; all sentences are invented."""

from __future__ import annotations

import pytest

from tests.extract_fixture import values

TYPES = {
    "AcuteMyeloidLeukemia": [
        "ANLL",
        "acute granulocytic leukemia",
        "acute myelocytic leukemia",
        "AML-MRC",
        "AML-NOS",
        "t-AML",
        "AML (normal karyotype)",
        "NPM1-mutated AML",
        "AML with t(9;11)",
        "AML with mutated NPM1",
        "acute myeloid leukemia transformed from myelodysplastic syndrome",
        "MDS/AML",
        "post-MPN AML",
        "acute non lymphoblastic leukemia",
        "CEBPA-mutant acute myeloid leukemia",
        "acute basophilic leukemia",
        "granulocytic sarcoma and AML",
        "AML, which was distinguished from ALL by flow cytometry, who",
        "acute panmyelosis with myelofibrosis, i.e. AML,",
        "hypoplastic AML",
    ],
    "AcuteMyelomonocyticLeukemia": [
        "AMMoL",
        "acute myelo-monocytic leukaemia",
        "M4 type AML",
        "acute myeloid leukemia, M4",
        "acute myelogenous leukemia of FAB type M4",
        "AML classified as M4 by FAB",
        "AML of myelomonocytic type",
        "acute leukemia of myelomonocytic type",
        "acute myelomonoblastic leukemia",
    ],
    "AMLWithCBFBMYH11": [
        "AML-M4Eo",
        "AML M4eo with inv(16)",
        "inv(16) AML",
        "AML harboring CBFβ-MYH11",
        "acute myeloid leukemia with t(16;16)",
    ],
    "AcuteMonocyticLeukemia": [
        "AML M5b",
        "AML-M5a",
        "acute monocytic leukaemia",
        "AMOL (M5)",
        "AML of monocytic subtype",
        "acute myeloid leukemia with monocytic differentiation",
        "Schilling-type monocytic leukemia",
        "AML (M5)",
        "monocytic AML",
        "acute monocytic/monoblastic leukemia",
    ],
    "AcutePromyelocyticLeukemia": [
        "APL",
        "AML M3",
        "acute promyelocytic leukaemia",
        "microgranular APL",
        "AML with t(15;17)",
        "AML with PML::RARA",
        "acute leukemia, FAB M3,",
    ],
    "AcuteErythroidLeukemia": [
        "erythroleukemia",
        "AML M6",
        "Di Guglielmo's disease",
        "acute erythroid leukaemia",
    ],
    "AcuteMegakaryoblasticLeukemia": [
        "AMKL",
        "acute megakaryocytic leukaemia",
        "acute megakaryoblastic leukaemia",
        "megakaryoblastic leukemia",
    ],
    "AMLWithMaturation": [
        "AML-M2",
        "acute myeloid leukemia (M2)",
        "acute myeloblastic leukemia with maturation (M2)",
        "AML of the M2 type",
        "acute myelogenous leukemia, FAB subtype M2,",
    ],
    "AMLWithoutMaturation": [
        "AML-M1",
        "acute myeloid leukemia (FAB-M1)",
    ],
    "AMLMinimallyDifferentiated": [
        "AML-M0",
        "acute myeloid leukemia with minimal differentiation",
    ],
    "AMLWithRUNX1RUNX1T1": [
        "AML with t(8;21)",
        "AML1-ETO-positive AML",
        "AML harboring RUNX1-RUNX1T1",
        "core binding factor AML, t(8;21),",
    ],
    "AcuteLymphoblasticLeukemia": [
        "acute lymphatic leukaemia",
        "acute lymphocytic leukaemia",
        "acute lymphoblastic leukemia (L1)",
        "FAB L2 ALL",
        "standard-risk ALL",
        "null-cell ALL",
        "hypodiploid ALL",
        "acute lymphoblastic leukemia/lymphoma",
    ],
    "BPrecursorALL": [
        "precursor B-ALL",
        "BCP-ALL",
        "c-ALL",
        "CD10-positive B-ALL",
        "B-lineage ALL",
        "precursor B acute lymphoblastic leukaemia",
        "early pre-B ALL",
        "ALL, common type",
        "ALL of B-cell origin",
        "Ph-negative B-ALL",
        "pre-B-cell acute lymphocytic leukemia",
        "acute lymphoblastic leukemia, precursor B-cell phenotype",
        "B-lymphoblastic leukemia/lymphoma",
        "cALLa-positive acute lymphoblastic leukemia",
        "TEL-AML1-positive B-cell precursor acute lymphoblastic leukemia",
        "B acute lymphoblastic leukaemia",
    ],
    "PhiladelphiaPositiveALL": [
        "Ph+ ALL",
        "Ph-positive acute lymphoblastic leukaemia",
        "BCR-ABL1+ ALL",
        "BCR/ABL-positive ALL",
        "ALL, Philadelphia chromosome positive,",
        "Ph1-positive ALL",
        "Philadelphia (Ph) chromosome-positive ALL",
    ],
    "TCellALL": [
        "T-cell ALL",
        "T-lymphoblastic leukaemia",
        "pre-T ALL",
        "T-lineage ALL",
        "acute lymphoblastic leukemia of T-cell lineage",
        "T lymphoblastic leukemia/lymphoma",
        "cortical T-ALL",
        "T-cell acute leukemia",
    ],
    "EarlyTPrecursorALL": [
        "ETP-ALL",
        "early T-precursor acute lymphoblastic leukemia",
    ],
    "BurkittLeukemia": [
        "ALL-L3",
        "mature B-cell ALL",
        "mature B-cell acute leukemia",
    ],
    "MixedPhenotypeAcuteLeukemia": [
        "MPAL",
        "mixed-lineage acute leukemia",
        "mixed phenotype acute leukaemia (B/myeloid)",
        "T/myeloid MPAL",
    ],
    "AcuteUndifferentiatedLeukemia": [
        "acute undifferentiated leukemia",
        "undifferentiated acute leukaemia",
    ],
    "AcuteLeukemia": [
        "acute leukemia",
        "acute blastic leukemia",
    ],
    "ChronicLymphocyticLeukemia": [
        "CLL",
        "chronic lymphatic leukaemia",
        "CLL/SLL",
        "B-cell CLL",
        "chronic lymphocytic B-cell leukemia",
    ],
    "ChronicMyeloidLeukemia": [
        "CML",
        "CML in lymphoid blast phase",
        "Ph-positive CML",
        "CGL",
        "chronic-phase CML",
        "blast-phase chronic myeloid leukemia",
        "chronic myeloid leukaemia (CML) in lymphoblastic crisis",
    ],
    "ChronicMyelomonocyticLeukemia": [
        "CMML",
        "CMML-2",
    ],
    "JuvenileMyelomonocyticLeukemia": [
        "JMML",
        "juvenile chronic myeloid leukemia",
    ],
    "HairyCellLeukemia": [
        "HCL",
        "variant hairy cell leukemia",
    ],
    "TCellProlymphocyticLeukemia": [
        "T-PLL",
        "T-prolymphocytic leukemia",
    ],
    "BCellProlymphocyticLeukemia": [
        "B-PLL",
    ],
    "AdultTCellLeukemiaLymphoma": [
        "ATLL",
        "HTLV-1-associated adult T-cell leukemia",
        "adult T cell lymphoma-leukemia",
    ],
    "BlasticPlasmacytoidDendriticCellNeoplasm": [
        "BPDCN",
        "plasmacytoid dendritic cell leukemia",
    ],
    "MyeloidSarcoma": [
        "nonleukemic myeloid sarcoma that",
        "isolated myeloid sarcoma that",
        "extramedullary myeloid tumor that",
        "chloroma that",
        "primary granulocytic sarcoma that",
    ],
    "LargeGranularLymphocyticLeukemia": [
        "LGL leukemia",
    ],
    "AggressiveNKCellLeukemia": [
        "aggressive NK-cell leukaemia",
    ],
    "MyelodysplasticSyndrome": [
        "MDS",
        "RAEB-2",
    ],
    "Leukemia": [
        "leukemia",
        "congenital leukemia",
    ],
}


@pytest.mark.parametrize(("words", "concept"), [(words, name) for name, several in TYPES.items() for words in several])
def test_leukemia(words: str, concept: str) -> None:
    assert values(f"A 41-year-old woman with {words} relapsed in the skin.")["leukemia"] == concept
