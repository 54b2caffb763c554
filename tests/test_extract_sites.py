"""Sites of leukemic involvement as papers word them, and places that are none; all sentences are invented."""

from __future__ import annotations

import pytest

from kg.extract.rulefiles import rules
from kg.extract.sites import sites
from tests.extract_fixture import read, reader

OPENING = "A 40-year-old man with AML in remission was admitted. "


def found(text: str) -> set[str]:
    return {one.value for reading in read(text) for one in sites(reading)}


def finest(names: set[str]) -> set[str]:
    """The names without what is only broader than another one."""
    ancestors = reader().vocabulary.ancestors
    return {one for one in names if not any(one != other and one in ancestors(other) for other in names)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two years off therapy she relapsed in the left ovary.", {"Ovary"}),
        ("An isolated ocular relapse was diagnosed.", {"Eye"}),
        (
            "He suffered an isolated CNS relapse with blasts in the CSF.",
            {"CentralNervousSystem", "CerebrospinalFluid"},
        ),
        ("The relapse was limited to the mediastinum.", {"Mediastinum"}),
        ("Biopsy confirmed extramedullary relapse of AML at the left maxillary sinus.", {"MaxillarySinus"}),
        ("The leukemia came back in his right kidney.", {"Kidney"}),
        ("AML of the small bowel was proven at laparotomy.", {"SmallIntestine"}),
        ("Histology of the resected jejunum showed sheets of myeloblasts.", {"Jejunum"}),
        ("The tonsillar biopsy revealed infiltration by leukemic blasts.", {"Tonsil"}),
        ("Core biopsy of the thyroid nodule disclosed myeloid sarcoma.", {"ThyroidGland"}),
        ("His penile swelling was due to leukemic infiltration.", {"Penis"}),
        ("Leptomeningeal infiltration by ALL was seen on MRI.", {"Leptomeninges"}),
        ("Leukemic infiltration of both optic nerves was diagnosed.", {"OpticNerve"}),
        ("He had a combined bone marrow and testicular relapse.", {"BoneMarrow", "Testis"}),
        ("Myeloid sarcoma involved the sternum, several ribs and the left scapula.", {"Rib", "Scapula", "Sternum"}),
        ("MRI showed a dural-based mass; biopsy proved myeloid sarcoma.", {"DuraMater"}),
        (
            "MRI revealed enhancement of the cauda equina and the lumbar nerve roots, and the CSF contained "
            "lymphoblasts.",
            {"CaudaEquina", "CerebrospinalFluid", "SpinalNerveRoot"},
        ),
        (
            "Synovial fluid contained blasts, and leukemic arthritis was diagnosed.",
            {"Synovium"},
        ),
        ("Biopsy of the lower lip confirmed a chloroma.", {"Lip"}),
        ("Cervical biopsy revealed myeloid sarcoma of the uterine cervix.", {"UterineCervix"}),
        ("CT showed a mass in the cavernous sinus. Endoscopic biopsy revealed myeloid sarcoma.", {"CavernousSinus"}),
        ("A large retroperitoneal mass was biopsied and showed granulocytic sarcoma.", {"Retroperitoneum"}),
        ("Mastoidectomy was performed. The tissue showed infiltration with leukemic blasts.", {"MastoidProcess"}),
        ("He underwent orchiectomy, and histology showed infiltration by lymphoblasts.", {"Testis"}),
        ("He noticed a swelling of the right testis. Biopsy of the swelling showed lymphoblasts.", {"Testis"}),
        (
            "Endoscopy showed erosive changes of the gastric antrum. Biopsies from these lesions contained "
            "myeloblasts.",
            {"Stomach"},
        ),
        ("He had a palsy of the sixth nerve which was attributed to leukemic infiltration.", {"AbducensNerve"}),
        (
            "MRI showed enhancement of cranial nerves III and VI, in keeping with leukemic infiltration.",
            {"AbducensNerve", "OculomotorNerve"},
        ),
        (
            "Thickening of the VIIth and VIIIth cranial nerves was seen, and relapse was proven by cytology.",
            {"FacialNerve", "VestibulocochlearNerve"},
        ),
        ("Neuroleukemiosis of the median and ulnar nerves was diagnosed.", {"MedianNerve", "UlnarNerve"}),
        ("Nerve biopsy showed leukemic infiltration of the left sural nerve.", {"SuralNerve"}),
        ("PET/CT revealed FDG uptake along the sciatic nerve, and biopsy proved relapse.", {"SciaticNerve"}),
        (
            "MRI disclosed a paraspinal mass extending into the epidural space; biopsy showed myeloid sarcoma.",
            {"EpiduralSpace", "ParaspinalRegion"},
        ),
        ("Lesions of the thoracolumbar spine were found to be myeloid sarcoma.", {"LumbarSpine", "ThoracicSpine"}),
        ("There was hepatobiliary infiltration by AML.", {"BileDuct", "Liver"}),
        ("The skull base and the petrous bone were infiltrated by leukemic cells.", {"SkullBase", "TemporalBone"}),
        ("He developed violaceous nodules on the trunk and arms. Skin biopsy showed leukemia cutis.", {"Skin"}),
        ("Cutaneous relapse manifested as papules on the face and scalp.", {"Skin"}),
        ("Leukemic infiltrates were found in the left and right cervical lymph nodes.", {"CervicalLymphNode"}),
        ("Biopsy of an enlarged axillary lymph node showed relapse.", {"AxillaryLymphNode"}),
        ("Pleural fluid cytology was positive for blasts.", {"Pleura"}),
        ("A pericardial effusion was drained; it contained leukemic cells.", {"Pericardium"}),
        ("The ascitic fluid contained numerous myeloblasts.", {"Peritoneum"}),
        ("A mass in the right atrium was resected and proved to be a myeloid sarcoma.", {"CardiacChamber"}),
        ("Pancreatic infiltration by ALL was proven by fine-needle aspiration.", {"Pancreas"}),
        ("Vitreous biopsy showed lymphoblasts.", {"VitreousBody"}),
        ("Hypopyon was noted, and the aqueous tap contained leukemic cells.", {"AnteriorChamberOfEye"}),
        ("A choroidal mass with subretinal infiltrates was attributed to relapse.", {"Choroid", "Retina"}),
        ("Gingival biopsy: infiltration by monoblasts.", {"Gingiva"}),
        ("Bladder wall biopsy revealed granulocytic sarcoma.", {"UrinaryBladder"}),
        ("A lump in the left breast was excised; it was composed of myeloblasts.", {"Breast"}),
        ("Orbital MRI showed a mass of the lacrimal gland that proved to be a chloroma.", {"LacrimalGland"}),
        ("He had relapsed disease of the femur and tibia.", {"Femur", "Tibia"}),
        ("The mass in the nasal cavity turned out to be myeloid sarcoma.", {"NasalCavity"}),
        (
            "Ten months after BMT an enlarging mass was noted over the medial aspect of the right thigh; "
            "excisional biopsy: granulocytic sarcoma.",
            {"Thigh"},
        ),
        ("Site of relapse: left breast and ovary. Marrow: CR.", {"Breast", "Ovary"}),
        (
            "CSF: 120 blasts/µl. MRI: gadolinium enhancement of the conus medullaris and cauda equina.",
            {"CaudaEquina", "CerebrospinalFluid", "ConusMedullaris"},
        ),
        (
            "The tumor arose from the dura and infiltrated the skull and the scalp. Histology: chloroma.",
            {"DuraMater", "Scalp", "Skull"},
        ),
        (
            "Her second relapse was confined to the gut, with polypoid lesions in the stomach and colon; "
            "biopsies revealed myeloblasts.",
            {"Colon", "Stomach"},
        ),
        (
            "Ultrasound of the scrotum: hypoechoic lesions of the right testis and epididymis. Orchiectomy: "
            "infiltration by T lymphoblasts.",
            {"Epididymis", "Testis"},
        ),
        (
            "MRI of the orbits revealed enlargement and enhancement of both optic nerve sheaths. CSF contained blasts.",
            {"CerebrospinalFluid", "OpticNerve"},
        ),
        ("Leukemic optic neuropathy was diagnosed.", {"OpticNerve"}),
        (
            "PET-CT disclosed hypermetabolic lesions in the left iliac bone and the sacrum; biopsy of the "
            "iliac lesion showed AML.",
            {"Ilium", "Sacrum"},
        ),
        ("He had a pathological fracture of the humerus through a chloroma.", {"Humerus"}),
        ("The lesion of the hard palate consisted of monoblasts.", {"Palate"}),
        ("A meningeal relapse was diagnosed.", {"Meninges"}),
        ("Renal failure was due to leukemic infiltration of the kidneys.", {"Kidney"}),
        ("Bronchoscopy revealed a tumor in the left main bronchus, which was a granulocytic sarcoma.", {"Bronchus"}),
        ("Nodules of the iris appeared, and aspiration showed lymphoblasts.", {"Iris"}),
        ("A temporal lobe mass was resected and was composed of myeloblasts.", {"TemporalLobe"}),
        ("His leukemia relapsed as a lytic lesion of the mandible.", {"Mandible"}),
        ("Bronchoalveolar lavage revealed blasts, and leukemic infiltration of the lung was diagnosed.", {"Lung"}),
        ("Liver biopsy showed portal infiltration by blasts.", {"Liver"}),
        ("ERCP showed a stricture of the common bile duct, and brush cytology yielded myeloblasts.", {"BileDuct"}),
        ("Biopsy of the vastus lateralis revealed myeloid sarcoma.", {"ThighMuscle"}),
        ("The right psoas muscle was infiltrated by leukemic cells.", {"PsoasMuscle"}),
        ("A destructive lesion of the clivus was biopsied; it was myeloid sarcoma.", {"SkullBase"}),
        (
            "Extramedullary relapse was documented in the thymus, pleura and pericardium.",
            {"Pericardium", "Pleura", "Thymus"},
        ),
        (
            "The leukemia recurred simultaneously in bone marrow, CNS and both testes.",
            {"BoneMarrow", "CentralNervousSystem", "Testis"},
        ),
        ("He was diagnosed as having AML relapse in the form of a chloroma of the nasopharynx.", {"Nasopharynx"}),
        ("Excision of the conjunctival tumor gave the diagnosis of extramedullary AML.", {"Conjunctiva"}),
        ("CT-guided puncture of the adrenal mass yielded blasts.", {"AdrenalGland"}),
        ("Stereotactic biopsy of the cerebellar lesion revealed myeloid sarcoma.", {"Cerebellum"}),
        ("The ulcer of the tongue was infiltrated by leukemic cells.", {"Tongue"}),
        ("Cystoscopy revealed a sessile mass in the bladder, which was granulocytic sarcoma.", {"UrinaryBladder"}),
        ("Transrectal biopsy of the enlarged prostate showed leukemic infiltration.", {"Prostate"}),
        ("A vulvar mass and vaginal nodules were biopsied, and both were chloromas.", {"Vagina", "Vulva"}),
        ("Lesions at L2 and L4 were seen on MRI, and vertebral biopsy proved relapse.", {"Vertebra"}),
        ("A relapse in the spinal canal with compression of the cord was diagnosed.", {"SpinalCanal"}),
        ("Involvement of the seventh cranial nerve by leukemia was diagnosed.", {"FacialNerve"}),
        ("Infiltration of the left ulnar nerve by leukemic cells was proven by biopsy.", {"UlnarNerve"}),
        ("Infiltration of the brachial plexus was seen on MRI and proved to be relapse.", {"BrachialPlexus"}),
        ("The nodules on his arms and legs proved to be leukemic.", {"Skin"}),
        ("An infiltrated plaque on the forehead was diagnosed as cutaneous relapse.", {"Skin"}),
    ],
)
def test_a_place_that_is_named_as_involved(text: str, expected: set[str]) -> None:
    assert finest(found(OPENING + text)) == finest(expected)


@pytest.mark.parametrize(
    "text",
    [
        "He had a stroke affecting the left arm, and the marrow stayed in remission.",
        "Chronic GVHD of the skin and liver was treated.",
        "Chronic graft-versus-host disease involving the mouth, eyes and liver was present.",
        "He had aspergillosis with nodules in both lungs.",
        "Chest CT showed a cavitating lesion of the lung due to fungal infection.",
        "The liver and spleen were enlarged at presentation.",
        "His pain involved the left leg and the foot.",
        "The tremor affected the hands.",
        "A bone marrow biopsy was taken from the iliac crest and was normal.",
        "MRI of the brain and spine showed no leukemic infiltration.",
        "Leukemic infiltration of the meninges was ruled out by cytology.",
        "There was no evidence of relapse in the testes or the CNS.",
        "He received irradiation to the brain and the testes.",
        "He fractured his left femur after a fall.",
        "Avascular necrosis of the femoral head was diagnosed.",
        "Methotrexate caused leukoencephalopathy with lesions of the frontal lobes.",
        "His sister had a tumor of the breast.",
        "The differential diagnosis included lymphoma of the orbit.",
        "A catheter was placed in the subclavian vein; the neck was swollen.",
        "He had been treated for an ovarian carcinoma, and the ovary was removed.",
        "Vincristine neuropathy affected the peroneal nerve.",
        "Facial pain and ear fullness were noted.",
        "MRI of the head showed a hemorrhage in the parietal lobe.",
        "Examination of the testes, eyes and skin was normal.",
        "His ear discharge and swelling of the face resolved with antibiotics.",
        "The mass at the injection site of the left thigh was a hematoma.",
        "A pulmonary embolism was found in the right lung.",
        "Sinusitis of the maxillary sinus was treated with antibiotics.",
        "CMV retinitis of the left eye was treated.",
        "The lesion of the liver was a hemangioma.",
        "A septic arthritis of the knee was drained.",
        "He had herpes zoster of the right face with involvement of the eye.",
        "MRI showed posterior reversible encephalopathy with lesions in the occipital lobes.",
        "A squamous cell carcinoma of the tongue was excised; he stayed in remission.",
        "A lipoma of the back was removed.",
        "Typhlitis with thickening of the cecum was treated conservatively.",
        "Iron overload of the liver and the heart was seen.",
        "Hepatic veno-occlusive disease with an enlarged liver resolved.",
        "A thrombus extended into the right atrium.",
        "He had a basal cell carcinoma of the nose years earlier.",
        "Both kidneys were of normal size and the bladder wall was not thickened.",
        "Relapse in the testis was feared, but biopsy showed only edema.",
        "A mass of the neck proved to be a thyroglossal cyst.",
        "Ultrasound showed epididymitis with swelling of the scrotum.",
    ],
)
def test_a_place_of_something_else(text: str) -> None:
    assert found(OPENING + text) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CT of the abdomen showed a mass of the pancreas; biopsy revealed myeloid sarcoma.", {"Pancreas"}),
        (
            "MRI of the lumbar spine showed thickened nerve roots, and blasts were found in the CSF.",
            {"CerebrospinalFluid", "SpinalNerveRoot"},
        ),
        ("MRI of the thigh showed a mass of the sciatic nerve that was leukemic.", {"SciaticNerve"}),
        ("Pain in the right hip was caused by leukemic infiltration of the acetabulum.", {"Acetabulum"}),
        ("Swelling of the face was due to a myeloid sarcoma of the maxilla.", {"Maxilla"}),
        (
            "The mass compressed the bladder and arose from the prostate, which was infiltrated by blasts.",
            {"Prostate"},
        ),
        ("A mass close to the spinal cord in the epidural space was a granulocytic sarcoma.", {"EpiduralSpace"}),
        ("A mandibular gingival mass was found to be a chloroma.", {"Gingiva"}),
        ("Soft tissue from the middle ear showed myeloid sarcoma.", {"MiddleEar"}),
    ],
)
def test_an_organ_and_not_the_region_around_it(text: str, expected: set[str]) -> None:
    assert finest(found(OPENING + text)) == finest(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He had been in remission from a testicular relapse. Now a skin relapse was diagnosed.", {"Skin"}),
        (
            "At diagnosis he had a mediastinal mass. He achieved complete remission. Three years later he "
            "presented with a testicular swelling. Biopsy showed relapse in the testis.",
            {"Testis"},
        ),
        (
            "A relapse in the orbit was proven by biopsy. He was successfully treated, but relapsed in the testis"
            " one year later.",
            {"Orbit"},
        ),
        ("Relapse in the breast was proven. He died of bone marrow relapse.", {"Breast"}),
    ],
)
def test_only_the_episode_that_is_told(text: str, expected: set[str]) -> None:
    assert finest(found(OPENING + text)) == finest(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We report a 34-year-old woman with AML who presented with a painless lump of the right breast eleven"
            " months after allogeneic transplantation. Mammography showed an ill-defined opacity. Core biopsy "
            "demonstrated a diffuse infiltrate of immature cells positive for myeloperoxidase. The bone marrow "
            "was in remission.",
            {"Breast"},
        ),
        (
            "A 9-year-old boy in second remission of ALL complained of headache and vomiting. Fundoscopy showed "
            "bilateral papilledema. MRI of the brain was unremarkable. CSF cytology showed 85% lymphoblasts, and "
            "CNS relapse was diagnosed.",
            {"CentralNervousSystem", "CerebrospinalFluid"},
        ),
        (
            "A 52-year-old man with CML in molecular remission developed back pain and paraparesis. MRI of the "
            "thoracic spine showed an epidural mass at T6-T8 compressing the cord. Laminectomy was performed, and"
            " histology was consistent with myeloid sarcoma.",
            {"EpiduralSpace", "ThoracicSpine"},
        ),
        (
            "A 6-year-old girl with a history of ALL, off treatment for two years, presented with hematuria. "
            "Ultrasound showed bilateral renal enlargement. Renal biopsy disclosed leukemic infiltration. The "
            "bone marrow was normal.",
            {"Kidney"},
        ),
        (
            "A 45-year-old man, previously treated for AML, presented with jaundice. Abdominal CT revealed a mass"
            " in the head of the pancreas with dilatation of the common bile duct. EUS-guided aspiration yielded "
            "myeloblasts.",
            {"Pancreas"},
        ),
        (
            "A 28-year-old man with T-ALL in complete remission noticed weakness of his right hand. "
            "Electromyography showed a median neuropathy. Ultrasound showed a thickened median nerve. Nerve "
            "biopsy revealed infiltration by lymphoblasts.",
            {"MedianNerve"},
        ),
        (
            "A 61-year-old woman with AML relapsed with numbness of the chin. MRI showed enhancement of the "
            "mandibular branch of the trigeminal nerve. CSF was positive for blasts.",
            {"CerebrospinalFluid", "TrigeminalNerve"},
        ),
        (
            "A 17-year-old boy with ALL in remission presented with right eye pain and redness. Slit-lamp "
            "examination showed hypopyon. Anterior chamber tap revealed lymphoblasts. Marrow and CSF were free of"
            " disease.",
            {"AnteriorChamberOfEye"},
        ),
        (
            "A 70-year-old man with AML in remission had dysphagia. Endoscopy showed an ulcerated mass in the "
            "lower esophagus. Histology revealed granulocytic sarcoma.",
            {"Esophagus"},
        ),
        (
            "A 38-year-old woman was admitted with small bowel obstruction 14 months after remission of AML. At "
            "laparotomy a tumor of the ileum with mesenteric nodules was resected. Pathology showed myeloid "
            "sarcoma.",
            {"Ileum", "Mesentery"},
        ),
        (
            "A 12-year-old boy with ALL in first remission presented with painless enlargement of the left "
            "testicle. Biopsies of both testes showed leukemic infiltrates on the left only. CSF and bone marrow "
            "were negative.",
            {"Testis"},
        ),
        (
            "A 55-year-old man with AML in CR developed pain in the left shoulder. MRI showed a lesion of the "
            "proximal humerus with a soft tissue component. Biopsy showed relapse of AML.",
            {"Humerus"},
        ),
        (
            "A 49-year-old woman with APL in molecular remission presented with otalgia and hearing loss. CT of "
            "the temporal bones showed a mass in the middle ear and the mastoid. Biopsy of the middle ear mass "
            "revealed promyelocytes.",
            {"MastoidProcess", "MiddleEar"},
        ),
        (
            "A 31-year-old woman with AML had vaginal bleeding 8 months after transplantation. Speculum "
            "examination showed a polypoid mass of the cervix. Biopsy showed infiltration by myeloblasts.",
            {"UterineCervix"},
        ),
        (
            "A 23-year-old man with ALL in remission presented with a swelling of the right cheek. CT showed a "
            "mass in the right maxillary sinus eroding the orbital floor. Biopsy revealed lymphoblastic relapse.",
            {"MaxillarySinus"},
        ),
        (
            "A 66-year-old man with CLL developed gait ataxia. MRI showed leptomeningeal enhancement along the "
            "cerebellar folia. CSF flow cytometry revealed clonal CLL cells, and leptomeningeal involvement by "
            "CLL was diagnosed.",
            {"CerebrospinalFluid", "Leptomeninges"},
        ),
        (
            "A 5-year-old boy with ALL on maintenance therapy developed right facial palsy. MRI showed "
            "enhancement of the right facial nerve. Lumbar puncture revealed blasts.",
            {"CerebrospinalFluid", "FacialNerve"},
        ),
        (
            "A 44-year-old man with AML presented with pleural effusion five months after transplantation. "
            "Thoracentesis yielded an exudate with numerous blasts. The marrow showed 40% blasts.",
            {"BoneMarrow", "Pleura"},
        ),
        (
            "A 59-year-old man in remission from AML presented with cardiac tamponade. Pericardial fluid "
            "contained myeloblasts, and echocardiography showed a mass in the right atrium.",
            {"CardiacChamber", "Pericardium"},
        ),
        (
            "A 33-year-old woman with AML after transplantation had polyarthritis. Arthrocentesis of the left "
            "knee was performed. The synovial fluid contained 60% blasts.",
            {"Synovium"},
        ),
        (
            "A 21-year-old woman with ALL in remission presented with low abdominal pain. Ultrasound showed "
            "bilateral ovarian masses. She underwent oophorectomy, and both ovaries were infiltrated by "
            "lymphoblasts.",
            {"Ovary"},
        ),
        (
            "A 14-year-old boy with ALL presented with priapism and blurred vision. Ophthalmoscopy showed retinal"
            " hemorrhages. White cells were 400,000. ALL was diagnosed by marrow examination.",
            {"BoneMarrow"},
        ),
        (
            "A 47-year-old man with AML developed neutropenic fever during induction. Chest CT showed nodular "
            "lesions in both lungs with a halo sign. Bronchoscopy grew Aspergillus fumigatus. He recovered on "
            "voriconazole.",
            set(),
        ),
        (
            "A 10-year-old girl with ALL on maintenance had hip pain. MRI of the hips showed osteonecrosis of "
            "both femoral heads. The marrow was in remission.",
            set(),
        ),
        (
            "A 36-year-old man after transplantation for AML developed skin rash and diarrhea. Skin biopsy showed"
            " acute GVHD. Colon biopsy also showed GVHD. He stayed in remission.",
            set(),
        ),
        (
            "A 29-year-old woman with ALL developed seizures after intrathecal methotrexate. MRI showed "
            "restricted diffusion in the centrum semiovale and the frontal lobe, consistent with methotrexate "
            "toxicity. CSF was free of blasts.",
            set(),
        ),
        (
            "A 50-year-old man with AML in remission developed a tender nodule on the calf. Biopsy showed "
            "erythema nodosum without blasts.",
            set(),
        ),
        (
            "A 41-year-old man with AML in remission presented with proptosis of the right eye. CT showed an "
            "intraconal mass displacing the globe. Biopsy confirmed myeloid sarcoma of the orbit.",
            {"Orbit"},
        ),
        (
            "A 63-year-old woman with AML in remission presented with a cough. CT showed a mass in the anterior "
            "mediastinum that displaced the superior vena cava. Biopsy: myeloid sarcoma.",
            {"Mediastinum"},
        ),
        (
            "An 18-year-old man with ALL in remission had a lump on the scalp and pain in the skull. CT showed "
            "lytic lesions of the parietal bone with an extracranial mass. Biopsy proved relapse.",
            {"Calvaria"},
        ),
        (
            "A 58-year-old man with AML in remission presented with sciatica. MRI of the pelvis demonstrated "
            "thickening of the left lumbosacral plexus and the sciatic nerve. PET showed intense uptake at the "
            "same place. CT-guided biopsy of the plexus revealed myeloblasts.",
            {"LumbosacralPlexus", "SciaticNerve"},
        ),
        (
            "A 7-year-old boy with AML in remission presented with bleeding gums. Examination showed hyperplasia "
            "of the gingiva. Gingival biopsy showed monoblasts. Relapse was diagnosed.",
            {"Gingiva"},
        ),
        (
            "A 25-year-old woman with ALL had diplopia. There was palsy of the left sixth nerve. MRI showed a "
            "mass in the left cavernous sinus. The marrow contained 90% blasts, and relapse was diagnosed.",
            {"BoneMarrow", "CavernousSinus"},
        ),
        (
            "A 68-year-old man with AML in remission had hoarseness. Laryngoscopy revealed a lesion of the left "
            "vocal cord. The histopathology was reported as myeloid sarcoma.",
            {"Larynx"},
        ),
        (
            "A 54-year-old woman with AML in remission was found to have thickening of the gallbladder wall. "
            "Cholecystectomy was performed. Histology showed infiltration by myeloblasts.",
            {"Gallbladder"},
        ),
        (
            "A 3-year-old girl with infant leukemia in remission had nodules of the skin. The biopsied nodule "
            "showed leukemia cutis. There was no involvement of the CNS or the marrow.",
            {"Skin"},
        ),
        (
            "A 65-year-old man with hairy cell leukemia in remission developed pain of the right hip. Radiographs"
            " showed lytic lesions of the femoral head. Biopsy showed hairy cells.",
            {"FemoralHead"},
        ),
        (
            "A 40-year-old man with AML had a relapse involving the skin, the lymph nodes and the bone marrow two"
            " years after remission.",
            {"BoneMarrow", "LymphNode", "Skin"},
        ),
        (
            "A 27-year-old woman with AML relapsed in the nasopharynx, which was proven by biopsy, and was later "
            "found to have a lesion of the sternum with the same histology.",
            {"Nasopharynx", "Sternum"},
        ),
        (
            "A 39-year-old man with AML in remission had paraplegia. MRI showed intramedullary lesions of the "
            "spinal cord and leptomeningeal enhancement. CSF contained myeloblasts. CNS relapse was diagnosed.",
            {"CerebrospinalFluid", "Leptomeninges", "SpinalCord"},
        ),
        (
            "A 48-year-old man with B-ALL in remission presented with diabetes insipidus. MRI showed thickening "
            "of the pituitary stalk. CSF showed blasts.",
            {"CerebrospinalFluid", "PituitaryGland"},
        ),
        (
            "A 16-year-old girl with T-ALL in remission presented with an abdominal mass. CT showed a mass "
            "arising from the uterus with infiltration of the left ureter. Biopsy confirmed leukemic relapse.",
            {"Ureter", "Uterus"},
        ),
        (
            "A 72-year-old man with AML presented with swelling of the parotid gland. Fine-needle aspiration of "
            "the parotid revealed blasts.",
            {"ParotidGland"},
        ),
        (
            "A 30-year-old man with AML in remission presented with chest pain. CT showed a paravertebral mass "
            "invading the T5 vertebral body and the left sixth rib. Biopsy revealed granulocytic sarcoma.",
            {"ParaspinalRegion", "Rib", "ThoracicSpine", "VertebralBody"},
        ),
    ],
)
def test_a_story(text: str, expected: set[str]) -> None:
    assert finest(found(text)) == finest(expected)


FRAMES = (
    "He had an isolated {} relapse.",
    "There was {} involvement by leukemia in this patient.",
    "Biopsy showed leukemic infiltration of the {}.",
    "He had a relapse in the {}.",
    "He was found to have a mass in the {}. Biopsy revealed leukemic blasts.",
    "MRI showed a lesion of the {} consistent with leukemic infiltration.",
    "His disease recurred, involving the {}.",
)
OTHER = (
    "There was no leukemic infiltration of the {} in this patient.",
    "He complained of pain in the {}.",
    "MRI of the {} was normal.",
    "He had a fungal infection of the {}.",
    "He underwent irradiation of the {}.",
    "Chronic GVHD involving the {} was treated.",
)


def labels() -> list[tuple[str, str]]:
    """Each concept that may be a site, with its label."""
    rule = rules("sites")
    without = {*rule["never"], *rule["own"]}
    concepts = reader().vocabulary.in_scheme("AnatomicalSites")
    return [(one.name, str(one.label)) for one in concepts if one.name not in without]


@pytest.mark.parametrize("frame", FRAMES)
def test_every_site_by_its_label(frame: str) -> None:
    assert [name for name, label in labels() if name not in found(OPENING + frame.format(label))] == []


@pytest.mark.parametrize("frame", OTHER)
def test_no_site_by_its_label(frame: str) -> None:
    assert [name for name, label in labels() if name in found(OPENING + frame.format(label))] == []
