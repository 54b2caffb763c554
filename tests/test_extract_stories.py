"""Leukemias by name and relapse by the story, in the many ways papers word them; all sentences are invented."""

from __future__ import annotations

import pytest

from tests.extract_fixture import found, read, values

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


RELAPSES = [
    "A 30-year-old man with AML had a recurrence in the orbit.",
    "A 9-year-old boy had reappearance of leukemic blasts in the CSF 3 years after diagnosis.",
    "A 40-year-old woman with AML presented after 4 years of disease-free survival with a breast mass. Biopsy:"
    " myeloid sarcoma.",
    "A boy with ALL was off therapy for 2 years when a testicular mass was noted; biopsy showed lymphoblasts.",
    "While in continuous CR, a 12-year-old girl with ALL developed an ovarian mass with lymphoblastic infiltration.",
    "A 9-year-old girl with ALL had her third relapse in the kidney.",
    "Six months after completing maintenance therapy for ALL, a 7-year-old boy developed enlarged kidneys "
    "infiltrated by blasts.",
    "A 29-year-old man had been treated for AML at age 25. He now had a paraspinal tumor, which was a "
    "granulocytic sarcoma.",
    "A 55-year-old woman with AML entered remission. Later skin nodules appeared and histology showed leukemia cutis.",
    "A 62-year-old man with relapsed AML presented with proptosis due to chloroma.",
    "Testicular relapse occurred in a 15-year-old boy with ALL on maintenance.",
    "A 44-year-old man with ALL experienced an extramedullary relapse in the pancreas after haploidentical "
    "transplantation.",
    "Seven months post-HSCT for AML, a 20-year-old man developed seizures; a dural mass was a myeloid sarcoma.",
    "After cord blood transplantation for ALL, a 6-year-old girl had a leukemic mass in the breast.",
    "A 50-year-old man with APL, in molecular remission for 3 years, presented with hearing loss. Biopsy of "
    "the ear canal showed promyelocytes.",
    "Myeloid sarcoma of the cervix as relapse of AML in a 31-year-old woman.",
    "A 31-year-old woman in her second remission from ALL developed a leukemic pleural effusion.",
    "A 5-year-old girl finished ALL therapy in 2005. In 2007 she had an orbital mass consisting of blasts.",
    "A 28-year-old man with ALL had been disease-free for 9 years when he developed a leukemic mass in the maxilla.",
    "A 60-year-old woman had AML 6 years ago. Now biopsy of a colonic polyp showed granulocytic sarcoma.",
    "A 60-year-old woman with a remote history of AML presented with a gastric mass; it was myeloid sarcoma.",
    "A 19-year-old man with AML was in hematologic remission, but CSF contained blasts.",
    "A 13-year-old girl with ALL developed facial palsy. CSF showed lymphoblasts. Bone marrow remained in remission.",
    "A 13-year-old boy with ALL receiving consolidation in CR1 had painless testicular enlargement; biopsy "
    "confirmed leukemic infiltration.",
    "A 67-year-old man with hairy cell leukemia in remission for 10 years relapsed with a bone lesion.",
    "A 46-year-old man with Ph+ ALL in complete molecular remission on dasatinib had isolated CNS relapse.",
    "A 12-year-old girl had obstructive jaundice due to relapsed ALL in the pancreas.",
    "ALL relapsing as a solitary bone lesion in a 12-year-old girl is described.",
    "A 12-year-old girl had a solitary bone lesion 4 years after successful treatment for ALL. Biopsy: ALL.",
    "The disease recurred in the gallbladder of a 54-year-old man with AML.",
    "A 54-year-old man with AML showed recurrent disease in the gallbladder.",
    "In a 54-year-old man the leukemia returned as an epidural mass.",
    "A 54-year-old man with AML in complete remission since 14 months developed gingival infiltrates of myeloblasts.",
    "A 3-year-old boy with AML attained remission and stopped treatment. He then developed an orbital chloroma.",
    "A 24-year-old woman with B-ALL treated with blinatumomab to MRD-negative remission relapsed in the breasts.",
    "A 36-year-old man with AML had leukemic infiltration of the optic nerve after autologous transplantation.",
    "A 36-year-old man in complete remission of AML had sudden visual loss from leukemic infiltration of the "
    "optic nerve.",
    "We observed a meningeal relapse in a man with M4Eo AML.",
    "A 48-year-old man with AML underwent chemotherapy and remission was documented. He re-presented with "
    "ascites containing myeloblasts.",
    "A 48-year-old man in sustained remission from AML had ascites. Cytology showed myeloblasts.",
    "Bone marrow was in remission, yet the renal biopsy of a 10-year-old boy with ALL showed lymphoblasts.",
    "A 10-year-old boy had a relapse of T-ALL presenting as hypercalcemia.",
    "A 52-year-old man with AML, thought to be cured, developed an intestinal myeloid sarcoma.",
    "Granulocytic sarcoma of the breast in a woman with AML in remission.",
    "A 26-year-old woman with AML had relapsed twice before a chloroma of the ovary was seen.",
    "At second relapse a 26-year-old woman with AML had a chloroma of the ovary.",
    "A 71-year-old man with AML on azacitidine in remission had new plaques; biopsy showed leukemia cutis.",
    "A 71-year-old man s/p allo-HSCT for AML had leukemia cutis.",
    "Donor lymphocytes were given for extramedullary relapse of AML in a 30-year-old man.",
    "A 58-year-old man who had received an allograft for AML presented with a renal mass. Histology: chloroma.",
    "Relapse was suspected in a 30-year-old man with AML. Biopsy of the orbit confirmed leukemic infiltration.",
    "A 30-year-old man with AML in remission was thought to have an abscess. Surgery revealed a granulocytic sarcoma.",
    "A 30-year-old man who had been in remission from AML for 2 years had a mass that was misdiagnosed as "
    "lymphoma and proved to be granulocytic sarcoma.",
    "In a 6-year-old boy with ALL routine lumbar puncture during maintenance showed blasts, consistent with "
    "CNS relapse.",
    "Acute leukemia recurring as a solitary cerebellar mass in a 50-year-old woman is reported.",
    "A 27-year-old man with T-ALL who was off chemotherapy for 8 months had hematuria. Cystoscopy with biopsy "
    "showed leukemic infiltration of the bladder.",
    "A 39-year-old woman with AML had two relapses, one in marrow and one in the breast.",
    "A 39-year-old woman with AML in remission was admitted with dyspnea; pleural fluid cytology was positive "
    "for leukemia.",
    "A 39-year-old woman with previously treated AML presented with multiple cranial neuropathies and leukemic CSF.",
    "Following 3 years of complete remission, leukemia cutis developed in a 39-year-old woman with AML.",
    "After autografting for AML M5 a 39-year-old woman had infiltration of the gingiva by monoblasts.",
    "A 39-year-old woman with AML: relapse in the nasopharynx.",
    "ALL in a 12-year-old boy recurred at the optic disc.",
    "A 12-year-old boy with ALL relapsed extramedullarily.",
    "Bilateral testicular leukemic infiltration was detected at the end of therapy in a 12-year-old boy with ALL.",
    "A 12-year-old boy had hip pain 2 years after cessation of ALL therapy; needle biopsy of the acetabulum "
    "grew no organisms but showed sheets of lymphoblasts.",
    "A 12-year-old boy presented with recurrent leukemia in the kidney.",
    "A 12-year-old boy had been in CCR from ALL for 4 years when he developed exophthalmos by blasts.",
    "A 62-year-old man with Ph+ ALL on imatinib in CHR had CNS relapse.",
    "A 62-year-old man with AML in morphologic leukemia-free state developed myeloid sarcoma of the rectum.",
    "A 62-year-old man with AML in second remission for 8 months presented with myeloid sarcoma of the rectum "
    "as second relapse.",
]


@pytest.mark.parametrize("text", RELAPSES)
def test_relapse(text: str) -> None:
    assert values(text)["relapse"] == "true"


NO_RELAPSES = [
    "A 30-year-old man presented with an orbital mass. Biopsy showed granulocytic sarcoma and marrow showed AML.",
    "A 5-year-old boy presented with facial palsy; ALL was diagnosed.",
    "A 5-year-old boy had facial palsy as the first sign of ALL.",
    "A 5-year-old boy had facial palsy as the presenting manifestation of ALL. He is in remission after 2 years.",
    "AML presenting as a breast mass in a 40-year-old woman.",
    "A 40-year-old woman was found to have AML with breast infiltration. Chemotherapy led to complete remission.",
    "A 40-year-old woman had a granulocytic sarcoma of the breast 6 months before AML developed.",
    "Primary myeloid sarcoma of the breast in a 40-year-old woman. Marrow was normal. She was given "
    "chemotherapy and remains free of disease.",
    "A 60-year-old man with newly diagnosed CLL had leukemic meningitis.",
    "A 60-year-old man with untreated CLL had renal infiltration.",
    "A 60-year-old man with a 5-year history of CLL had prostate infiltration found at prostatectomy.",
    "CLL transformed to Richter syndrome in the brain of a 60-year-old man.",
    "A 35-year-old man with CML in chronic phase developed a lymph node blast crisis.",
    "Priapism was the presenting feature of CML in a 20-year-old man.",
    "A 2-month-old infant had congenital AML with skin nodules.",
    "A 70-year-old man with MDS developed a chloroma and then AML.",
    "A 70-year-old man had leukemia cutis preceding AML.",
    "A 7-year-old girl presented with renal failure. Renal biopsy showed lymphoblasts. She went into remission"
    " and has not relapsed.",
    "A 7-year-old girl presented with renal failure due to ALL. She died of relapse three years later.",
    "A 12-year-old boy with de novo AML had an epidural chloroma causing paraplegia.",
    "A 12-year-old boy was diagnosed with T-ALL after presenting with a mediastinal mass.",
    "A 12-year-old boy had blasts in the CSF at diagnosis of ALL.",
    "A 54-year-old man with primary refractory AML had leukemia cutis.",
    "A 54-year-old man with AML never achieved remission and developed an orbital chloroma.",
    "A 54-year-old man with AML had persistent disease after two inductions, and skin lesions appeared.",
    "A 54-year-old man had simultaneous AML and gastric myeloid sarcoma.",
    "Concurrent AML and myeloid sarcoma of the small bowel was found in a 54-year-old man.",
    "A 22-year-old woman with APL presented with intracranial bleeding at onset.",
    "A 22-year-old woman with acute leukemia presented with deafness.",
    "During induction for ALL a 6-year-old boy developed sinus thrombosis.",
    "A 6-year-old boy with ALL in remission developed varicella.",
    "A 6-year-old boy with ALL in remission had methotrexate encephalopathy.",
    "A 40-year-old man had chronic GVHD of the eye after transplantation for AML.",
    "A 19-year-old survivor of ALL developed a meningioma.",
    "A 19-year-old survivor of ALL developed papillary thyroid carcinoma.",
    "A 10-year-old girl with ALL in remission was found to have a second malignancy, an osteosarcoma.",
    "Cardiomyopathy developed in a 10-year-old girl treated for AML; she is in remission.",
    "A 10-year-old girl in remission from ALL had a hip effusion. Blasts were absent and culture grew Staphylococcus.",
    "A 10-year-old girl with ALL in remission had a testicular-like mass that was an ovarian cyst; no leukemia"
    " was seen.",
    "A 33-year-old man in remission from AML had an orbital mass suggestive of chloroma; biopsy showed aspergillosis.",
    "A 33-year-old man in remission from AML had headache. Relapse was feared, but CSF was clear and "
    "cryptococcus grew.",
    "A 33-year-old man with APL developed differentiation syndrome during induction.",
    "A 33-year-old man with AML developed necrotizing enterocolitis after induction.",
    "A 33-year-old man with ALL achieved remission and remains disease-free at 5 years.",
    "A 33-year-old man with ALL had osteonecrosis on maintenance. He has not relapsed.",
    "A 33-year-old man with ALL and fever had hepatic candidiasis; there was no sign of relapse.",
    "A 33-year-old man with ALL had a stroke after asparaginase.",
    "A 33-year-old man in molecular remission of CML on imatinib had periorbital edema.",
    "A 33-year-old man with CLL developed Merkel cell carcinoma.",
    "A 33-year-old man with CLL had progressive multifocal leukoencephalopathy after rituximab.",
    "A 33-year-old man with HCL treated with cladribine had an opportunistic infection and recovered.",
    "A 33-year-old man in remission from ALL had a donor-derived AML after transplantation.",
    "A 33-year-old woman in remission from ALL gave birth to a healthy child.",
    "Pseudorelapse: a 33-year-old man in remission of ALL had hematogones in the CSF, mistaken for blasts.",
    "A 33-year-old man on ATRA for APL had scrotal ulcers. The lesions healed.",
    "A 4-year-old girl with ALL had a vincristine-induced cranial neuropathy, and leukemic infiltration was ruled out.",
    "A 4-year-old girl with high risk of relapse of ALL received a transplant and had engraftment syndrome.",
    "To reduce the risk of CNS relapse, a 4-year-old girl with ALL was irradiated; she had somnolence syndrome.",
    "A 4-year-old girl was treated on a relapse protocol for T-lymphoblastic leukemia at diagnosis because of "
    "steroid allergy; she had mucositis.",
    "A 16-year-old girl developed therapy-related AML after treatment of ALL.",
    "A 66-year-old man with myelofibrosis developed AML and leukemia cutis.",
    "The brother of a 7-year-old girl with newly diagnosed ALL had relapsed ALL.",
    "A 7-year-old girl with ALL had hypertension. ALL relapses in about 15% of children.",
    "A 7-year-old girl with ALL had hypertension. The differential diagnosis included CNS relapse and PRES; "
    "MRI showed PRES.",
    "A 7-year-old girl with ALL had a pathological fracture at diagnosis; relapse occurs in few such children.",
    "A 7-year-old girl with ALL died of sepsis without evidence of relapse.",
    "A 62-year-old man with AML in remission had rectal bleeding from cytomegalovirus colitis.",
    "A 62-year-old man with AML in remission had a rectal mass; histology showed adenocarcinoma.",
    "A 62-year-old man with CLL in remission developed diffuse large B-cell lymphoma of the stomach.",
    "A 62-year-old man with newly diagnosed AML had a rectal myeloid sarcoma, and relapse-free survival was 12 months.",
    "A 62-year-old man with AML had hyperleukocytosis and retinal hemorrhages.",
    "A 62-year-old man with AML presented with DIC. Remission was obtained with 7+3.",
    "A 12-year-old boy with ALL underwent cataract surgery. He was in remission.",
    "A 12-year-old boy with ALL was vaccinated in remission; he had no adverse events.",
    "A 12-year-old boy treated for ALL developed obesity and growth hormone deficiency.",
    "A 12-year-old boy, cured of ALL, developed a cavernoma after cranial irradiation.",
    "A 12-year-old boy with ALL had herpes simplex stomatitis that recurred twice.",
    "A 12-year-old boy with ALL had recurrent pancreatitis.",
    "A 12-year-old boy with ALL had recurrent fever and relapsing cellulitis.",
    "A 12-year-old boy with ALL had steroid-induced psychosis, which recurred on rechallenge.",
    "A 12-year-old boy with ALL in complete remission had a seizure due to hyponatremia.",
    "A 12-year-old boy with ALL presented with a testicular mass at initial diagnosis.",
    "A 12-year-old boy with ALL had overt testicular disease at diagnosis. He has had no relapse.",
    "A 12-year-old boy was found to have T-ALL after a syncope; marrow was replaced by blasts.",
    "A 12-year-old boy with aplastic anemia relapsed after cyclosporine; ALL developed later.",
    "A 12-year-old boy with nephrotic syndrome in remission relapsed and was found to have ALL.",
    "A 44-year-old woman with APL, in remission, delivered a healthy baby.",
    "A 44-year-old woman with APL had thrombosis of the retinal vein at diagnosis and again at remission.",
    "A 44-year-old woman with AML had graft failure after transplantation and needed a second transplant.",
    "A 44-year-old woman had a skin rash after transplantation for AML; biopsy showed GVHD without leukemic cells.",
    "A 44-year-old woman with AML in remission had weakness; nerve conduction showed critical illness "
    "neuropathy and the CSF no blasts.",
    "A 44-year-old woman in CR of AML had splenic abscesses. Leukemic infiltrates were not seen.",
    "A 44-year-old woman with AML in remission presented with a mass mimicking chloroma which was a hematoma.",
    "A 44-year-old woman had AML 5 years after relapsed Hodgkin lymphoma.",
    "A 44-year-old woman with relapsed breast cancer developed AML.",
    "A 44-year-old woman with refractory anemia progressed to AML with leukemia cutis.",
    "A 44-year-old woman with CML in lymphoid blast crisis at diagnosis had meningeal disease.",
    "A 44-year-old woman with CML had an extramedullary blast crisis in lymph nodes as the first sign of disease.",
    "A 44-year-old woman with hairy cell leukemia had never been treated; bone lesions were found.",
]


@pytest.mark.parametrize("text", NO_RELAPSES)
def test_no_relapse(text: str) -> None:
    for reading in read(text):
        told = found(reading)
        assert "relapse" not in told or told["relapse"].value == "false"


IN_REMISSION = [
    "A 40-year-old woman with AML presented after 4 years of disease-free survival with a breast mass. Biopsy:"
    " myeloid sarcoma.",
    "A 33-year-old woman with APL had extramedullary failure in the ear canal while in molecular remission.",
    "Six months after completing maintenance therapy for ALL, a 7-year-old boy developed enlarged kidneys "
    "infiltrated by blasts.",
    "A 55-year-old woman with AML entered remission. Later skin nodules appeared and histology showed leukemia cutis.",
    "A 44-year-old man underwent allogeneic transplantation for AML in first remission. On day 200 he noticed "
    "a gum swelling; biopsy showed AML.",
    "A 50-year-old man with APL, in molecular remission for 3 years, presented with hearing loss. Biopsy of "
    "the ear canal showed promyelocytes.",
    "A 31-year-old woman in her second remission from ALL developed a leukemic pleural effusion.",
    "A 19-year-old man, known case of AML in remission, came with paraplegia; an epidural chloroma was removed.",
    "Blasts were found in the CSF of a 19-year-old man with AML whose marrow was in remission.",
    "A 13-year-old boy with ALL receiving consolidation in CR1 had painless testicular enlargement; biopsy "
    "confirmed leukemic infiltration.",
    "A 67-year-old man with hairy cell leukemia in remission for 10 years relapsed with a bone lesion.",
    "After a remission of 7 years a 22-year-old man with ALL had bilateral renal enlargement due to leukemia.",
    "A 54-year-old man with AML in complete remission since 14 months developed gingival infiltrates of myeloblasts.",
    "A 24-year-old woman with T-ALL was MRD negative when she noted breast masses. Core biopsy: T lymphoblasts.",
    "A 36-year-old man, 18 months after autologous transplantation for AML, had leukemic infiltration of the "
    "optic nerve.",
    "A 48-year-old man with AML underwent chemotherapy and remission was documented. He re-presented with "
    "ascites containing myeloblasts.",
    "A 48-year-old man in sustained remission from AML had ascites. Cytology showed myeloblasts.",
    "A 52-year-old man whose AML had been in remission for five years developed an intestinal obstruction by a"
    " myeloid sarcoma.",
    "Granulocytic sarcoma of the breast in a woman with AML in remission.",
    "Two years after haplo-HSCT, a 30-year-old man with MPAL presented with a paravertebral mass; pathology "
    "showed relapse.",
    "A 30-year-old man with AML in remission was thought to have an abscess. Surgery revealed a granulocytic sarcoma.",
    "A 34-year-old woman with APL experienced a third CNS relapse while in hematologic and molecular remission.",
    "A 39-year-old woman with AML in remission was admitted with dyspnea; pleural fluid cytology was positive "
    "for leukemia.",
    "Following 3 years of complete remission, leukemia cutis developed in a 39-year-old woman with AML.",
    "A 12-year-old boy with ALL whose remission had lasted 4 years developed leukemic infiltration of the "
    "skeletal muscle.",
    "A 62-year-old man with AML in second remission for 8 months presented with myeloid sarcoma of the rectum "
    "as second relapse.",
]


@pytest.mark.parametrize("text", IN_REMISSION)
def test_in_remission(text: str) -> None:
    assert values(text)["in_remission"] == "true"
