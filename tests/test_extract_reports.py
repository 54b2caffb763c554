"""Whole reports, short and long, with what person, leukemia and course are in each; all are invented."""

from __future__ import annotations

import pytest

from tests.extract_fixture import values

YES, NO, FREE, INVOLVED = "true", "false", "NotInvolved", "Involved"

REPORTS: list[tuple[str, dict[str, str]]] = [
    (
        "A 45-year-old woman was diagnosed with AML in 2012 and treated with chemotherapy. In 2016 she "
        "noted a breast lump; core biopsy revealed myeloid sarcoma. The marrow contained fewer than 5% "
        "blasts.",
        {"relapse": "true", "marrow": "NotInvolved", "isolated": "true"},
    ),
    (
        "A 12-year-old boy, previously treated for ALL, presented again with hip pain. Bone biopsy "
        "showed sheets of lymphoblasts.",
        {"relapse": "true"},
    ),
    (
        "A 61-year-old man with a history of AML treated six years ago presented with ileus. The "
        "resected bowel was infiltrated by myeloblasts.",
        {"relapse": "true"},
    ),
    (
        "A 50-year-old woman with CML in complete molecular response on imatinib developed an "
        "extramedullary lymphoid blast crisis in a lymph node.",
        {"relapse": "true", "in_remission": "true", "leukemia": "ChronicMyeloidLeukemia"},
    ),
    (
        "A 40-year-old man's leukemia reappeared in the pancreas 20 months after transplantation for AML.",
        {"relapse": "true"},
    ),
    (
        "The disease recurred as an epidural mass in this 29-year-old woman with acute promyelocytic leukemia.",
        {"relapse": "true", "leukemia": "AcutePromyelocyticLeukemia"},
    ),
    (
        "Recrudescence of acute lymphoblastic leukemia in the ovary of a 16-year-old girl is described.",
        {"relapse": "true"},
    ),
    (
        "A 7-year-old boy with ALL in remission was found to have leukemic infiltration of both kidneys.",
        {"relapse": "true", "in_remission": "true"},
    ),
    ("Recurrent disease was found in the nasal cavity of a 52-year-old woman with AML.", {"relapse": "true"}),
    (
        "A 5-year-old girl with newly diagnosed ALL had a facial palsy. CSF contained blasts.",
        {"relapse": "false", "csf": "Involved"},
    ),
    (
        "A previously healthy 20-year-old man had a chloroma of the orbit. Bone marrow biopsy was "
        "diagnostic of AML M2.",
        {"relapse": "false", "marrow": "Involved", "isolated": "false", "leukemia": "AMLWithMaturation"},
    ),
    (
        "A de novo myeloid sarcoma of the uterus was found in a 44-year-old woman. The marrow was not involved.",
        {"relapse": "false", "marrow": "NotInvolved"},
    ),
    (
        "A 63-year-old man presented with gingival swelling. Blood count showed 40% blasts and acute "
        "monocytic leukemia was diagnosed. He achieved complete remission and is alive after two years.",
        {"relapse": "false", "leukemia": "AcuteMonocyticLeukemia"},
    ),
    (
        "A 3-year-old boy presented with limping. Bone marrow aspiration confirmed the diagnosis of "
        "precursor B-cell ALL. After induction he is in remission.",
        {"relapse": "false", "leukemia": "BPrecursorALL", "marrow": "Involved"},
    ),
    (
        "Isolated central nervous system relapse of acute promyelocytic leukemia. We describe a 46-year-"
        "old man with APL who, 19 months after attaining complete molecular remission, developed "
        "headache and diplopia. Lumbar puncture disclosed 180 cells/mm3 with 90% atypical promyelocytes."
        " A bone marrow aspirate was in molecular remission.",
        {
            "age": "46",
            "sex": "Male",
            "leukemia": "AcutePromyelocyticLeukemia",
            "relapse": "true",
            "in_remission": "true",
            "isolated": "true",
            "marrow": "NotInvolved",
            "csf": "Involved",
        },
    ),
    (
        "Purpose: To describe a patient with leukemic infiltration of the iris. Methods: Case report. "
        "Results: A 24-year-old woman who had undergone cord blood transplantation for acute "
        "lymphoblastic leukemia 2 years previously complained of blurred vision. Slit-lamp examination "
        "showed a hypopyon. Aqueous cytology demonstrated lymphoblasts. Bone marrow and cerebrospinal "
        "fluid examinations were normal.",
        {
            "age": "24",
            "sex": "Female",
            "relapse": "true",
            "in_remission": "true",
            "isolated": "true",
            "marrow": "NotInvolved",
            "csf": "NotInvolved",
        },
    ),
    (
        "A 6-year-old boy was diagnosed with T-cell ALL with 92% blasts in the bone marrow. He entered "
        "remission after induction. While on maintenance, 18 months after diagnosis, painless "
        "enlargement of the right testis was noticed. Orchiectomy showed leukemic infiltration. Bone "
        "marrow aspirate at this time was normal and CSF was clear.",
        {
            "age": "6",
            "leukemia": "TCellALL",
            "relapse": "true",
            "in_remission": "true",
            "marrow": "NotInvolved",
            "csf": "NotInvolved",
            "isolated": "true",
        },
    ),
    (
        "A 55-year-old man presented with a four-week history of back pain and leg weakness. MRI "
        "revealed an epidural mass. Histology showed myeloid sarcoma. His bone marrow contained 35% "
        "myeloblasts with t(8;21), establishing the diagnosis of AML. After induction he achieved "
        "complete remission. Two years later he remains well.",
        {"relapse": "false", "in_remission": "false", "marrow": "Involved", "isolated": "false", "sex": "Male"},
    ),
    (
        "We report a 68-year-old male patient with AML who was in complete remission following two "
        "courses of azacitidine and venetoclax and presented with nodular skin lesions. Histopathology "
        "was consistent with leukemia cutis. Concurrent bone marrow biopsy confirmed relapse with 22% "
        "blasts.",
        {"relapse": "true", "in_remission": "true", "marrow": "Involved", "isolated": "false"},
    ),
    (
        "Leukemic relapse in the breast is rare. A 17-year-old girl, who had been in first remission "
        "from ALL for 3.5 years, noted a painless lump in the left breast. Fine needle aspiration "
        "cytology showed lymphoblasts. Bone marrow was normal. Six months later she had a marrow relapse"
        " and died.",
        {"age": "17", "relapse": "true", "in_remission": "true", "marrow": "NotInvolved", "isolated": "true"},
    ),
    (
        "The authors report the case of a 31-year-old man with chronic myelogenous leukemia in chronic "
        "phase who developed a lytic lesion of the humerus. Biopsy of the lesion showed blasts. Bone "
        "marrow remained in chronic phase.",
        {"leukemia": "ChronicMyeloidLeukemia"},
    ),
    (
        "A 72-year-old woman with CLL under observation presented with confusion. CSF flow cytometry "
        "showed clonal B cells. She was treated with ibrutinib.",
        {"leukemia": "ChronicLymphocyticLeukemia", "relapse": "false"},
    ),
    (
        "An 11-year-old boy had a combined bone marrow and testicular relapse of B-ALL 40 months from diagnosis.",
        {"marrow": "Involved", "isolated": "false", "relapse": "true", "leukemia": "BPrecursorALL"},
    ),
    (
        "A 3-year-old girl with infant ALL (KMT2A-rearranged) in second remission after CAR T-cell "
        "therapy presented with proptosis. Orbital biopsy confirmed lineage switch to AML. The marrow "
        "was free of leukemia.",
        {"in_remission": "true", "marrow": "NotInvolved"},
    ),
    (
        "We describe an unusual case of acute myeloid leukemia relapsing as a pericardial effusion in a "
        "59-year-old man. Cytology of the fluid showed blasts. Bone marrow was not involved. He had been"
        " in remission for 11 months.",
        {"relapse": "true", "in_remission": "true", "marrow": "NotInvolved", "age": "59"},
    ),
    (
        "A 20-year-old man presented with cranial nerve palsies. He had completed treatment for T-ALL "
        "one year ago. CSF was positive for lymphoblasts. Bone marrow showed no disease.",
        {"relapse": "true", "marrow": "NotInvolved", "csf": "Involved", "isolated": "true"},
    ),
    (
        "A 14-year-old boy with Down syndrome and a history of acute megakaryoblastic leukemia in "
        "infancy presented with a limp. Osteomyelitis of the tibia was diagnosed and cured by "
        "antibiotics.",
        {"relapse": "false"},
    ),
    (
        "Nephrotic syndrome after bone marrow transplantation. A 33-year-old woman with AML in remission"
        " developed nephrotic syndrome 14 months after allogeneic BMT. Renal biopsy showed membranous "
        "nephropathy, and relapse of the nephrotic syndrome occurred.",
        {"relapse": "false"},
    ),
    (
        "A 45-year-old man with AML underwent allogeneic transplantation in first remission. Four months"
        " later he had diarrhea. Colonoscopy showed ulcers and biopsy demonstrated CMV colitis.",
        {"relapse": "false"},
    ),
    (
        "A 26-year-old woman on induction therapy for ALL developed superior sagittal sinus thrombosis "
        "due to L-asparaginase.",
        {"relapse": "false"},
    ),
    (
        "A 4-year-old girl with a swollen eyelid was suspected of having a leukemic relapse because of "
        "prior ALL, but biopsy revealed a chalazion. She remains in remission.",
        {"relapse": "false"},
    ),
    (
        "Secondary glioblastoma in a 16-year-old boy treated for ALL at the age of 5 years with cranial "
        "irradiation. He had no evidence of leukemia relapse.",
        {"relapse": "false"},
    ),
    (
        "A 23-year-old man with B-ALL, status post matched sibling transplant 3 years prior, presented "
        "with jaundice. A pancreatic mass was seen and biopsy showed B lymphoblasts. PET-CT showed no "
        "other lesions, and the bone marrow was MRD negative.",
        {"relapse": "true", "marrow": "NotInvolved", "isolated": "true", "leukemia": "BPrecursorALL"},
    ),
    (
        "An eighteen-month-old boy with JMML relapsed in the skin after transplantation; the marrow "
        "showed complete donor chimerism.",
        {"age": "1.5", "leukemia": "JuvenileMyelomonocyticLeukemia", "relapse": "true", "marrow": "NotInvolved"},
    ),
    (
        "Relapse of acute leukemia as a mediastinal mass. The patient, a 47-year-old man, had AML-M1 "
        "that went into remission in 1996. In March 1999 superior vena cava syndrome developed. "
        "Mediastinoscopic biopsy: myeloblasts. Marrow: no excess of blasts.",
        {
            "relapse": "true",
            "in_remission": "true",
            "marrow": "NotInvolved",
            "leukemia": "AMLWithoutMaturation",
            "age": "47",
        },
    ),
    (
        "A 29-year-old man had AML with multiple relapses. After his second allogeneic transplant he was"
        " in complete remission for 9 months until he noticed a thigh mass. The biopsy was myeloid "
        "sarcoma, and a marrow biopsy revealed no leukemia.",
        {"relapse": "true", "in_remission": "true", "marrow": "NotInvolved", "isolated": "true"},
    ),
    (
        "Testicular relapse was diagnosed in a boy with ALL at the end of maintenance. Marrow and CSF "
        "examinations showed continued remission.",
        {"relapse": "true", "marrow": "NotInvolved", "csf": "NotInvolved", "sex": "Male"},
    ),
    (
        "A 60-year-old woman developed paraplegia. Twelve years earlier she had been treated for acute "
        "monocytic leukemia. Laminectomy disclosed a chloroma. Bone marrow was normal.",
        {
            "relapse": "true",
            "leukemia": "AcuteMonocyticLeukemia",
            "marrow": "NotInvolved",
            "isolated": "true",
            "in_remission": "true",
        },
    ),
    (
        "A 36-year-old man, with a past medical history significant for AML in remission status post "
        "chemotherapy, presents with chest pain. Echocardiogram showed a right atrial mass; biopsy "
        "consistent with myeloid sarcoma.",
        {"relapse": "true", "in_remission": "true"},
    ),
    (
        "We present a 2-year-old male who presented with bilateral proptosis and ecchymosis. Peripheral "
        "smear showed 60% blasts. Flow cytometry of bone marrow was diagnostic of acute myeloid leukemia"
        " with t(8;21).",
        {"relapse": "false", "marrow": "Involved", "isolated": "false"},
    ),
    (
        "Sudden bilateral hearing loss as the presenting feature of CNS relapse in a 28-year-old woman "
        "with AML in remission. MRI showed enhancement of both internal auditory canals. The spinal "
        "fluid contained leukemic blasts.",
        {"relapse": "true", "in_remission": "true", "csf": "Involved"},
    ),
    (
        "An isolated ovarian relapse occurred in a 10-year-old girl with common ALL one year after "
        "elective cessation of therapy.",
        {"relapse": "true", "isolated": "true", "leukemia": "BPrecursorALL"},
    ),
    (
        "CHLOROMA OF THE MASTOID. A 14 year-old boy, treated for AML (M5) and in complete remission "
        "since 1 year, consulted for otalgia with facial palsy. CT scan: mastoid mass. The biopsy "
        "objectified a chloroma. Bone marrow puncture without blasts.",
        {
            "relapse": "true",
            "in_remission": "true",
            "marrow": "NotInvolved",
            "age": "14",
            "leukemia": "AcuteMonocyticLeukemia",
        },
    ),
    (
        "To the Editor: We wish to report an unusual relapse. Our patient, a 58-yr-old lady with AML-M4,"
        " achieved CR with 7+3. Twenty months later she complained of dysphagia. Endoscopy showed "
        "esophageal nodules and histology revealed monoblasts. Repeated marrow examinations remained "
        "normal.",
        {"relapse": "true", "in_remission": "true", "marrow": "NotInvolved", "age": "58", "sex": "Female"},
    ),
    (
        "A 10-year-old Hispanic female with a history of pre-B ALL in remission, off therapy for 2 "
        "years, presented with knee swelling. Synovial fluid contained lymphoblasts. Bone marrow was 40%"
        " replaced by blasts.",
        {
            "relapse": "true",
            "in_remission": "true",
            "marrow": "Involved",
            "isolated": "false",
            "leukemia": "BPrecursorALL",
        },
    ),
    (
        "An 8-year-old boy presented with acute renal failure. Renal biopsy showed lymphoblasts. Bone "
        "marrow examination established the diagnosis of T-ALL. He responded to treatment and remains in"
        " first remission.",
        {"relapse": "false", "in_remission": "false", "marrow": "Involved"},
    ),
    (
        "A 25-year-old woman developed acute leukemia during pregnancy. She was treated with "
        "chemotherapy and achieved remission. The child is healthy.",
        {"relapse": "false"},
    ),
    (
        "Leukemia cutis as first sign of AML relapse after transplantation: a 49-year-old man noticed "
        "papules 7 months post allo-HSCT. Skin biopsy showed CD33+ blasts. Marrow chimerism was 100% "
        "donor.",
        {"relapse": "true", "age": "49"},
    ),
    (
        "A 33-year-old man with acute promyelocytic leukaemia relapsed in the external ear canal. PML-"
        "RARA transcripts were found in the ear tissue but not in the marrow.",
        {"relapse": "true", "marrow": "NotInvolved"},
    ),
    (
        "We report on a boy aged 13 with a relapse of acute lymphoblastic leukaemia in the tibia 5 years"
        " after cessation of treatment. The iliac marrow was normal on two occasions.",
        {"relapse": "true", "age": "13", "marrow": "NotInvolved", "sex": "Male"},
    ),
    (
        "Priapism was the presenting feature in a 26-year-old man. WBC was 350 x 10^9/L, and CML in "
        "chronic phase was diagnosed by bone marrow biopsy.",
        {"relapse": "false", "marrow": "Involved"},
    ),
    (
        "A 42-year-old woman with CML in lymphoid blast crisis was given hyper-CVAD and achieved second "
        "chronic phase. Four months later she developed a CNS relapse with blasts in the CSF, while the "
        "marrow showed chronic phase.",
        {"relapse": "true", "csf": "Involved"},
    ),
    (
        "A 19-year-old male college student was diagnosed with mixed phenotype acute leukemia. After 3 "
        "cycles he had persistent disease with 15% blasts in the marrow and a mediastinal mass.",
        {"relapse": "false", "in_remission": "false", "marrow": "Involved"},
    ),
    (
        "This 66-year-old man with primary refractory AML developed multiple skin tumors. Biopsy showed "
        "myeloid sarcoma.",
        {"relapse": "false", "in_remission": "false"},
    ),
    (
        "A 3-month-old girl had blueberry muffin lesions. Skin biopsy revealed leukemia cutis; blood and"
        " bone marrow were normal. Congenital leukemia was diagnosed and regressed spontaneously.",
        {"relapse": "false", "marrow": "NotInvolved", "age": "0.25"},
    ),
    (
        "A 44-year-old woman presented with bilateral breast masses. She had had acute myeloid leukemia "
        "at the age of 41, successfully treated with chemotherapy. Biopsy revealed infiltration by "
        "myeloid blasts.",
        {"relapse": "true", "age": "44", "in_remission": "true"},
    ),
    (
        "A 53-year-old man with AML in first CR presented with an abdominal mass due to a "
        "gastrointestinal stromal tumor. Bone marrow showed no evidence of leukemia.",
        {"relapse": "false", "in_remission": "true", "marrow": "NotInvolved"},
    ),
    (
        "A 7-year-old boy with ALL on week 30 of maintenance had headache. MRI showed a cerebral "
        "abscess; CSF cytology was negative for blasts.",
        {"relapse": "false", "csf": "NotInvolved"},
    ),
    (
        "A 48-year-old woman with AML in remission had a pulmonary nodule. Biopsy showed aspergillosis. "
        "Relapse was not found.",
        {"relapse": "false", "in_remission": "true"},
    ),
    (
        "A 71-year-old woman with myelodysplastic syndrome developed a chloroma of the humerus. Bone "
        "marrow showed refractory anemia with 8% blasts.",
        {"relapse": "false"},
    ),
    (
        "In a 15-year-old girl, three years after bone marrow transplantation for ALL, an isolated "
        "relapse in the uterine cervix occurred.",
        {"relapse": "true", "isolated": "true", "age": "15"},
    ),
    (
        "A 30-year-old male diagnosed with AML with inv(16) in December 2014 achieved CR with idarubicin"
        " and cytarabine. In October 2016, PET/CT performed for abdominal pain showed an FDG-avid "
        "mesenteric mass. Laparoscopic biopsy: myeloid sarcoma. Bone marrow aspirate and biopsy: CR, MRD"
        " negative.",
        {"relapse": "true", "in_remission": "true", "marrow": "NotInvolved", "leukemia": "AMLWithCBFBMYH11"},
    ),
    (
        "Extramedullary relapse in the gallbladder was found in a woman of 29 years with B-ALL after "
        "CAR-T therapy; bone marrow MRD was negative.",
        {"relapse": "true", "marrow": "NotInvolved", "age": "29", "sex": "Female"},
    ),
    (
        "A 2½-year-old girl with ALL had a relapse in the orbit 9 months after diagnosis while on "
        "chemotherapy. Marrow was in remission.",
        {"age": "2.5", "relapse": "true", "marrow": "NotInvolved"},
    ),
    (
        "The patient is a 5 yo M with B-ALL in CR1, end of therapy 6 months ago, with new onset "
        "testicular swelling. Testicular biopsy positive for leukemia. BM neg.",
        {"relapse": "true", "in_remission": "true", "marrow": "NotInvolved", "age": "5", "sex": "Male"},
    ),
    (
        "A 56-year-old woman was admitted for hypercalcemia. Leukemia relapse was suspected because she "
        "had had ALL, and bone marrow aspiration confirmed the relapse.",
        {"relapse": "true", "marrow": "Involved"},
    ),
    (
        "No patient with hairy cell leukemia and meningeal disease has been described. We saw a 60-year-"
        "old man with hairy cell leukemia whose CSF contained hairy cells 3 years after splenectomy.",
        {"leukemia": "HairyCellLeukemia", "csf": "Involved"},
    ),
]


@pytest.mark.parametrize(("text", "expected"), REPORTS)
def test_report(text: str, expected: dict[str, str]) -> None:
    result = values(text)
    assert {field: result.get(field) for field in expected} == expected
