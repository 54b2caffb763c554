"""The wordings that papers use for each concept, in the frames in which they stand; all sentences are invented."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from kg.extract.differentials import differentials
from kg.extract.findings import findings
from kg.extract.immunophenotype import immunophenotype
from kg.extract.investigations import investigations
from kg.extract.measurements import measurements
from kg.extract.reading import Extractor
from kg.extract.site_facts import places_of
from kg.extract.treatments import treatments
from tests.extract_fixture import read, reader

OPENING = "A 40-year-old man with AML in remission was admitted. "


def found(extract: Extractor, text: str) -> set[tuple[str, str]]:
    """What is found, each with its status, if it has one."""
    return {(one.value, one.detail.get("status", "")) for part in read(OPENING + text) for one in extract(part)}


def is_found(extract: Extractor, concept: str, text: str, status: str = "") -> bool:
    above = reader().vocabulary.ancestors
    return any(concept in above(value) and said == status for value, said in found(extract, text))


def rows(table: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(concept, wording) for concept, wordings in table.items() for wording in wordings.split("; ")]


FINDINGS = {
    "AbdominalPain": "belly pain; lower abdominal pain; cramping abdominal pain; suprapubic pain",
    "AlteredConsciousness": "altered mentation; reduced level of consciousness; altered level of consciousness",
    "Ataxia": "ataxic gait; balance problems; cerebellar signs; ataxic",
    "BackPain": "dorsal pain; dorsalgia; interscapular pain; radicular back pain",
    "BrainMass": "intraparenchymal mass; ring-enhancing brain lesion; cerebellopontine angle mass; thalamic lesion",
    "BreastMass": "breast lesion; mammary mass; tumor of the breast",
    "CSFBlasts": "CSF lymphoblasts; CSF positive for blasts; leukemia cells in the CSF; immature cells in the CSF",
    "ContrastEnhancement": "heterogeneous enhancement; peripheral enhancement; diffuse enhancement",
    "CranialNeuropathy": "cranial nerve deficits; lower cranial nerve palsies; hypoglossal palsy; tongue deviation",
    "Dyspnea": "respiratory distress; orthopnea; breathing difficulties; respiratory difficulty",
    "Edema": "lower extremity edema; ankle edema; generalized edema; swelling of his left thigh",
    "ElevatedLiverEnzymes": "elevated liver function tests; abnormal liver function; increased liver enzymes",
    "EpiduralMass": "intraspinal mass; spinal epidural mass; epidural component; epidural disease",
    "EyePain": "orbital pain; periorbital pain; ophthalmalgia; pain of the left eye",
    "FacialPalsy": "VII nerve palsy; inability to close the eye; facial palsies; LMN facial palsy",
    "FacialSwelling": "facial swelling; facial edema; swelling of the face; swelling of the cheek",
    "GaitDisturbance": "unable to walk; gait impairment; difficulty climbing stairs; difficulty ambulating",
    "GastrointestinalBleeding": "rectal bleeding; tarry stools; occult blood in stool; tarry stool",
    "GastrointestinalMass": "ileal mass; gastric tumor; ileocecal mass; duodenal lesion",
    "GingivalHyperplasia": "gingival enlargement; enlarged gums; enlargement of the gingiva; swelling of the gingiva",
    "HearingLoss": "sensorineural hearing loss; sudden deafness; hearing disturbance; deaf",
    "Hydronephrosis": "dilatation of the renal pelvis; ureteral compression",
    "Hypoesthesia": "decreased sensation; numbness of the legs; loss of feeling; decreased pinprick sensation",
    "IntracranialHemorrhage": "subarachnoid hemorrhage; subdural hemorrhage; cerebral haemorrhage",
    "IntracranialHypertension": "raised ICP; elevated CSF opening pressure; increased ICP",
    "Iritis": "iris infiltration; acute iritis; iris nodule; cell and flare",
    "JointSwelling": "swelling of the knee; monoarthritis; swelling of the ankle; effusion in the knee",
    "Leukocytosis": "raised white cell count; increased leukocyte count; increased WBC count",
    "LimbWeakness": "weakness of the arms; weakness of the extremities; right leg weakness; weakness in his arms",
    "LowerLimbPain": "pain in the leg; shin pain; pain in his right thigh; pain in the legs",
    "Lymphadenopathy": "lymph node swelling; submandibular lymphadenopathy; hilar adenopathy; nodal mass",
    "Mononeuropathy": "median nerve palsy; peroneal palsy; ulnar palsy; common peroneal nerve palsy",
    "MuscleWeakness": "loss of strength; proximal muscle weakness; motor paralysis",
    "NasalMass": "paranasal sinus mass; nasal septal mass; mass in the nasopharynx; polypoid nasal mass",
    "NeckMass": "cervical swelling; submandibular swelling; submental swelling",
    "NerveEnlargement": "swelling of the nerve; thickened brachial plexus; diffuse thickening of the median nerve",
    "NumbChinSyndrome": "numbness of the lower lip; chin paresthesia; hypesthesia of the lower lip",
    "Ophthalmoplegia": "impaired eye movements; cranial nerve III palsy; paralysis of the abducens nerve",
    "OpticDiscSwelling": "optic nerve swelling; optic nerve edema; infiltration of the optic disc",
    "OralUlcer": "mucositis; oral ulcers; ulceration of the palate; ulcerated oral lesion",
    "OrbitalMass": "orbital lesion; orbital masses; enlargement of the extraocular muscles; tumor of the orbit",
    "ParotidSwelling": "parotid gland swelling; parotid gland mass",
    "PeriorbitalSwelling": "periorbital edema; palpebral swelling; palpebral edema; orbital edema",
    "PeripheralBlasts": "peripheral blood blasts; peripheral blastosis; blasts on blood smear",
    "Proptosis": "eyeball protrusion; eye protrusion; protruding eyeball; protrusion of the left eye",
    "PulmonaryInfiltrate": "pulmonary infiltration; pulmonary consolidation; patchy infiltrates; lung infiltration",
    "RedEye": "hyperemia of the conjunctiva; redness in her right eye; circumcorneal congestion",
    "RenalFailure": "elevated creatinine; kidney dysfunction; increased creatinine; azotemia",
    "RetinalHemorrhage": "intraretinal hemorrhages; Roth spot; disc hemorrhage; hemorrhages in the retina",
    "RetinalInfiltrate": "choroidal lesion; leukemic retinal infiltration; yellow-white retinal lesions",
    "Seizure": "status epilepticus; tonic-clonic seizures; focal seizure; generalized convulsions",
    "SkinLesion": "bullous lesion; cutaneous manifestations; lesions of the skin",
    "SkinNodule": "nodules on the trunk; scalp mass; erythematous nodular lesions; nodules on the face",
    "SkinRash": "eruption; macular rash; erythroderma; rash over the trunk",
    "SkinUlcer": "leg ulcer; ulcers on the leg; ecthyma gangrenosum; foot ulcer",
    "SoftTissueMass": "paravertebral mass; paraspinal soft tissue mass; soft tissue nodules; paraspinal tumor",
    "SpinalCordCompression": "compression of the thoracic cord; compression of the thecal sac",
    "T2Hyperintensity": "increased T2 signal; hyperintense lesions; high intensity lesion; high intensity area",
    "TesticularMass": "testicular masses; testicular lump; scrotal tumor; epididymal nodule",
    "TesticularSwelling": "enlarged testicles; enlargement of the left testicle; swelling of both testicles",
    "Thrombosis": "sinus vein thrombosis; thromboembolism; central retinal artery occlusion",
    "TonsillarEnlargement": "enlarged tonsils; tonsillomegaly; tonsil hypertrophy; bulky tonsils",
    "UrinaryIncontinence": "bladder and bowel dysfunction; incontinence of urine and feces; bladder disturbance",
    "UrinaryRetention": "urinary hesitancy; bladder retention; urinary difficulties",
    "UterineMass": "uterine enlargement; enlargement of the uterus; bulky uterus",
    "VaginalBleeding": "postmenopausal bleeding; menometrorrhagia; dysfunctional uterine bleeding",
    "VertebralCollapse": "collapse of the vertebral body; wedge fracture; vertebral body fracture",
    "ViralInfection": "EBV reactivation; viremia; COVID-19; herpes virus infection",
    "VisualFieldDefect": "bitemporal hemianopia; visual field deficit; blind spot enlargement; paracentral scotoma",
    "VisualLoss": "visual acuity decrease; defective vision; hand motion vision; loss of eyesight",
}


@pytest.mark.parametrize(("concept", "wording"), rows(FINDINGS))
def test_a_finding_present_and_absent(concept: str, wording: str) -> None:
    assert is_found(findings, concept, f"Examination revealed {wording} in the patient.", "Present")
    assert is_found(findings, concept, f"There was no {wording} in the patient.", "Absent")


SITES = {
    "AbdominalLymphNode": "abdominal lymph nodes; periportal lymph nodes; paraaortic lymph node",
    "ArmMuscle": "biceps muscle; deltoid muscle; arm muscles; forearm muscles",
    "BileDuct": "biliary; biliary tree; hepatic duct; biliary system",
    "Bone": "osseous; skeleton; cortical bone; extramedullary bone",
    "Brain": "intracranial; cerebrum; intraparenchymal brain; corona radiata",
    "Calvaria": "calvarium; parietal bone; skull vault; occipital bone",
    "CardiacChamber": "left atrium; right ventricle; right atrial; interatrial septum",
    "CentralNervousSystem": "central nervous system; meningeal CNS; neuroaxis; craniospinal axis",
    "CerebralVentricle": "third ventricle; cerebral ventricles; choroid plexus; ependyma",
    "CervicalLymphNode": "supraclavicular lymph node; neck nodes; submandibular node; postauricular lymph nodes",
    "Colon": "sigmoid colon; descending colon; splenic flexure; rectosigmoid",
    "Conjunctiva": "subconjunctival; bulbar conjunctiva; tarsal conjunctiva",
    "DuraMater": "dura mater; pachymeninges; falx cerebri; falx",
    "EpiduralSpace": "extradural; spinal extradural; extradural space; epidurally",
    "ExternalAuditoryCanal": "ear canal; external acoustic meatus; auditory canal; right ear canal",
    "ExtraocularMuscle": "medial rectus; extraocular muscles; lateral rectus muscle; rectus muscles",
    "Eye": "eyes; bilateral ocular; left eye; sclera",
    "FacialNerve": "seventh cranial nerve; facial nerves; 7th cranial nerve; intratemporal facial nerve",
    "Femur": "femoral; femurs; proximal femur; femoral diaphysis",
    "GastrointestinalTract": "bowel; gut; alimentary tract; upper gastrointestinal tract",
    "Heart": "intracardiac; heart valve; mitral valve; tricuspid valve",
    "IntervertebralForamen": "neural foramina; neuroforaminal; intervertebral foramina; sacral foramen",
    "Kidney": "renal parenchyma; intrarenal; nephric",
    "Larynx": "supraglottis; vocal cords; subglottic; arytenoid",
    "Lung": "lungs; pulmonary parenchyma; lung parenchyma; pleuropulmonary",
    "MasticatoryMuscle": "masseter muscle; temporal muscle; pterygoid muscles; medial pterygoid",
    "MiddleEar": "tympanic cavity; ear drum; tympanic; ossicles",
    "NasalCavity": "nasal septum; turbinate; inferior turbinate; nostril",
    "Nasopharynx": "adenoid; epipharynx; postnasal space",
    "Neck": "cervical region; submandibular; submandibular region; supraclavicular fossa; parapharyngeal space",
    "OpticDisc": "optic nerve head; optic discs; prelaminar optic nerve; prelaminar",
    "OpticNerve": "optic nerve sheath; intraorbital optic nerve; optic nerve sheaths",
    "Orbit": "retro-orbital; intraconal; superior orbital fissure; orbitofacial",
    "Pancreas": "pancreatic head; head of the pancreas; body of the pancreas; pancreatic parenchyma",
    "ParaspinalRegion": "paraspinal region; paravertebral region; prevertebral space; paravertebral soft tissue",
    "Pelvis": "presacral; presacral region; pelvic floor; retrorectal",
    "Pharynx": "oropharyngeal; pharyngolaryngeal",
    "PituitaryGland": "pituitary stalk; sella; posterior pituitary",
    "Rectum": "rectal mucosa; anorectal; anorectum",
    "Retina": "intraretinal; subretinal space; retinal pigment epithelium; retinae",
    "SkeletalMuscle": "intramuscular; latissimus dorsi; soft muscle; muscle and soft tissue",
    "SkullBase": "cranial base; petroclival; anterior cranial fossa",
    "SpinalCanal": "thecal sac; spinal dural sac",
    "SpinalNerveRoot": "L5 nerve root; lumbar roots; S1 root; C7 root",
    "Stomach": "gastric antrum; gastric mucosa; pylorus; greater curvature",
    "SubcutaneousTissue": "subcutis; subcutaneous fat; subcutaneous soft tissue; panniculus",
    "TemporalBone": "petrous apex; petrous temporal bone; mastoid temporal bone; internal auditory meatus",
    "Testis": "testicle; bilateral testicular; right testicle; unilateral testicular",
    "ThighMuscle": "hamstring; vastus medialis; quadriceps femoris; hamstrings",
    "ThoracicSpine": "thoracic vertebra; dorsal vertebra; thoracic spinal column; dorsal vertebrae",
    "Tonsil": "tonsils; lingual tonsil; faucial tonsil",
    "TrigeminalNerve": "trigeminal ganglion; gasserian ganglion; Meckel cave",
    "UterineCervix": "cervix uteri; ectocervix; exocervix; cervicovaginal",
    "Uterus": "uterine corpus; corpus uteri; myometrial; endomyometrium",
    "Vertebra": "vertebrae; vertebral bone; spinous process; pedicle",
    "VertebralColumn": "vertebral column; backbone; lumbosacral spine; spines",
    "VestibulocochlearNerve": "acoustic nerve; vestibular nerve; cranial nerve VIII; vestibulocochlear nerves",
    "VitreousBody": "vitreal; vitreous fluid; vitreous cavities; bilateral vitreous",
    "Vulva": "vulval; clitoris; Bartholin gland",
}


@pytest.mark.parametrize(("concept", "wording"), rows(SITES))
def test_a_place_that_may_be_a_site(concept: str, wording: str) -> None:
    above = reader().vocabulary.ancestors
    (reading,) = read(f"{OPENING}Leukemic infiltration of the {wording} was found in him.")
    assert any(concept in above(place) for place in places_of(reading))


INVESTIGATIONS = {
    "AbdominalCT": "abdominal CT scan; abdominal CT scanning; CT-abdomen; pancreatic CT",
    "AbdominalUltrasonography": "abdominal echography; renal ultrasonography; ultrasound abdomen",
    "AnteriorChamberParacentesis": "paracentesis of the anterior chamber; diagnostic anterior chamber paracentesis",
    "Biopsy": "rebiopsy; biopsy sampling; tonsillar biopsy; needle biopsy of the mass",
    "BoneBiopsy": "biopsy of the bone lesion; biopsy of the tibia; CT-guided bone biopsy; vertebral body biopsy",
    "BoneMarrowAspiration": "bone marrow aspirates; bone marrow tap; bone marrow smears",
    "BoneMarrowBiopsy": "bone marrow trephine; biopsy of the bone marrow; BMBx; trephine",
    "BoneMarrowExamination": "bone marrow studies; bone marrow test; bone marrow workup; marrow studies",
    "BoneScintigraphy": "skeletal scintigraphy; radioisotope bone scan; nuclear bone scan",
    "BrainCT": "CT brain; head CT scan; computerized tomography of the brain; NCCT head",
    "BrainMRI": "MRI head; MR of the brain; MRI of the skull base; MRI of the pituitary",
    "CSFCytology": "CSF cytological examination; cytological examination of the cerebrospinal fluid",
    "CSFExamination": "CSF testing; flow cytometry of the CSF; cerebrospinal fluid tests; CSF culture",
    "ChestCT": "CT thorax; HRCT; CT of the lungs; HRCT of the chest",
    "ChestRadiography": "chest roentgenogram; chest radiographs; chest x-ray film; X-ray chest",
    "ChimerismAnalysis": "STR analysis; complete donor chimerism; 100% donor chimerism; complete chimerism",
    "CompleteBloodCount": "blood cell counts; blood count examination; blood routine; peripheral blood examination",
    "ComputedTomography": "CT scans; computer tomography; temporal bone CT; body CT",
    "ContrastEnhancedMRI": "contrast-enhanced magnetic resonance imaging",
    "Cytochemistry": "nonspecific esterase stain; peroxidase stain; histochemical staining; NSE stain",
    "Cytogenetics": "cytogenetic studies; chromosome studies; chromosomal analyses; cytogenetic assay",
    "CytomorphologicExamination": "imprint cytology; cytocentrifuged smears; cytologic studies",
    "DiagnosticImaging": "diagnostic imaging; imaging work-up; radiological work-up; initial imaging",
    "DopplerUltrasonography": "Doppler; duplex sonography; Doppler study; venous duplex",
    "EarExamination": "examination of the ear; microscopic ear examination; tympanoscopy",
    "Electrodiagnosis": "neurophysiological examination; electrophysiological tests; electrophysiological testing",
    "FDGPET": "18F-fluorodeoxyglucose positron emission tomography; FDG positron emission tomography; [18F]FDG PET",
    "FineNeedleAspiration": "fine-needle aspirate; needle aspirate; needle aspiration cytology",
    "FlowCytometry": "flow cytometry analysis; multicolor flow cytometry; flow cytometric studies",
    "GastrointestinalBiopsy": "biopsy of the stomach; biopsy of the duodenum; colonoscopic biopsy",
    "GastrointestinalEndoscopy": "upper endoscopy; capsule endoscopy; gastroendoscopy; esophagogastroscopy",
    "GeneRearrangementStudy": "IgH gene rearrangement; immunoglobulin heavy chain gene rearrangement",
    "Histopathology": "histopathological study; pathologic evaluation; hematoxylin-eosin staining; frozen sections",
    "Immunohistochemistry": "immunostains; immunohistochemical stainings; immunoperoxidase; IHC study",
    "Immunophenotyping": "immunologic marker studies; immunophenotypic studies; immunophenotypic profile",
    "Laryngoscopy": "rhinoscopy; fiberoptic nasal endoscopy; panendoscopy of the larynx; rhinolaryngoscopy",
    "LeukocyteCount": "leucocyte count; WCC; white blood cell counts; total leukocyte counts",
    "MagneticResonanceImaging": "MRI scans; MRI of the neck; magnetic resonance imaging scan; emergency MRI",
    "MicrobialCulture": "urine culture; bacterial cultures; pus culture; cultures for bacteria",
    "MolecularAnalysis": "microsatellite analysis; gene analysis; gene fusion analysis; genomic testing",
    "MutationAnalysis": "KIT mutation; BCR-ABL kinase domain mutation analysis; NRAS mutation; FLT3 ITD mutation",
    "NerveBiopsy": "sciatic nerve biopsy; biopsy of the median nerve; radial nerve biopsy; femoral nerve biopsy",
    "NerveConductionStudy": "nerve conduction velocity; electroneurography; ENoG; motor conduction velocity",
    "OcularBiopsy": "conjunctival biopsy; transscleral biopsy; scleral biopsy; intraocular biopsy",
    "OcularUltrasonography": "B-scan ultrasound; B-mode ultrasonography of the eye; ocular ultrasonogram; B scan",
    "OphthalmologicExamination": "fundoscopic examination; ophthalmologic evaluation; examination of the eyes",
    "OrbitMRI": "orbit MRI; MRI brain and orbits; brain/orbit MRI; optic nerve MRI",
    "PCR": "nested PCR; polymerase chain reaction analysis; ddPCR; PCR for CMV",
    "PETCT": "FDG-PET/CT; PETCT; PET with CT; PET-MRI",
    "PhysicalExamination": "dermatological examination; pelvic exam; orthopedic examination",
    "Radiography": "orthopantomogram; panoramic X-ray; periapical radiographs; panoramic dental radiograph",
    "RtPCR": "quantitative RT-PCR",
    "Serology": "anti-ganglioside antibodies; serum antibodies; paraneoplastic antibodies; serum virology",
    "SkinBiopsy": "biopsy of a skin nodule; biopsy of the rash; biopsy of the cutaneous nodule",
    "SpineMRI": "magnetic resonance imaging of the spine; MRI scan of the spine; MR imaging of the spine",
    "SurgicalExploration": "thoracoscopy; laparoscopic exploration; video-assisted thoracoscopic surgery",
    "T2WeightedMRI": "T2-weighted image; FLAIR sequences; T2-WI; T2 weighted imaging",
    "TesticularUltrasonography": "testicular sonography; testicular USG; scrotal Doppler ultrasound",
    "Thoracentesis": "pleural fluid analysis; pleural fluid examination; diagnostic thoracentesis; thoracic puncture",
    "Ultrasonography": "sonogram; soft tissue ultrasound; US scan; ultrasonograph",
}


@pytest.mark.parametrize(("concept", "wording"), rows(INVESTIGATIONS))
def test_an_investigation(concept: str, wording: str) -> None:
    assert is_found(investigations, concept, f"He underwent {wording}.")


TREATMENTS = {
    "AllogeneicBMT": "HLA-matched bone marrow transplantation; sex-mismatched BMT",
    "AllogeneicHSCT": "allogeneic hematopoietic cell transplantation; RIC allo-HSCT; postallogeneic transplantation",
    "Antibiotic": "antimicrobial therapy; linezolid; cephalosporin; antibiotic eye drops",
    "Anticonvulsant": "anticonvulsants; antiseizure medication; anticonvulsant therapy; anti-epileptic drugs",
    "AntifungalAgent": "liposomal amphotericin B; antifungal treatment; 5-flucytosine; natamycin",
    "AntiviralAgent": "valacyclovir; letermovir; antiviral agents; antiviral drugs",
    "Asparaginase": "Erwinia asparaginase; L-ASNase; kidrolase; L-Aspar",
    "AutologousHSCT": "ABMT; high-dose chemotherapy with autologous stem cell rescue; autologous stem cells",
    "BfmProtocol": "ALL-BFM protocol; Berlin-Frankfurt-Münster protocol; ALL IC BFM; I-BFM",
    "BowelResection": "enterectomy; segmental bowel resection; right colectomy",
    "CarTCellTherapy": "CAR-T therapy; chimeric antigen receptor therapy; chimeric antigen receptor-T cells",
    "Chemotherapy": "chemotherapies; cytoreductive chemotherapy; antileukemic drugs; cytosine-based chemotherapy",
    "ChemotherapyRegimen": "EORTC protocol; ICiCLe protocol; HA regimen; BHAC-DMP",
    "CogProtocol": "POG 9201; AALL0331; Children's Cancer Study Group protocol; AALL0031",
    "ConditioningRegimen": "reduced-intensity conditioning; conditioning chemotherapy; pretransplant conditioning",
    "ConsolidationChemotherapy": "postremission therapy; high-dose cytarabine consolidation; post-remission therapy",
    "CordBloodTransplantation": "cord blood transplant; double umbilical cord blood transplantation; cord transplant",
    "CranialIrradiation": "brain irradiation; whole brain radiation; cranial irradiation therapy",
    "CraniospinalIrradiation": "craniospinal radiation; irradiation of the neuraxis; radiotherapy to the neuraxis",
    "Cytarabine": "AraC; Alexan; behenoyl cytosine arabinoside; cytarabine ocfosfate",
    "DonorLymphocyteInfusion": "donor lymphocytes; donor leukocyte infusions; donor lymphocyte infusion therapy",
    "FlagIda": "FLAG-idarubicin; FLAG/IDA; FLAG-IDA chemotherapy; IDA-FLAG",
    "Glucocorticoid": "systemic steroids; high-dose corticosteroids; triamcinolone; intravenous corticosteroids",
    "HaploidenticalHSCT": "haploidentical bone marrow transplantation; haplo-HCT; haploidentical HCT; haplo-PBSCT",
    "HematopoieticStemCellTransplantation": "transplant; haemopoietic stem cell transplantation; second HSCT",
    "Hidac": "HDAraC; high dose cytarabine; HD cytarabine; intermediate-dose Ara-C",
    "HyperCvad": "hyper-CVAD chemotherapy; mini-hyper-CVAD; hyper-C-VAD; R-HCVAD",
    "ImmuneCheckpointInhibitor": "pembrolizumab; checkpoint inhibitors; PD-1 inhibitor; camrelizumab",
    "Immunosuppressant": "sirolimus; immunosuppressive agents; immunosuppressive medication; immune suppression",
    "InductionChemotherapy": "reinduction chemotherapy; second induction; induction protocol; induction courses",
    "InterferonAlfa": "interferon alfa; interferon-α; interferon alpha-2a; interferon-alfa",
    "IntrathecalChemotherapy": "intrathecal prophylaxis; intrathecal dexamethasone; CNS chemoprophylaxis; MTX it",
    "IntrathecalTripleTherapy": "triple IT chemotherapy; triple intrathecal treatment",
    "IntravitrealChemotherapy": "intraocular methotrexate; intravitreal methotrexate injection",
    "LocalRadiotherapy": "focal radiation; focal irradiation; ISRT; pelvic radiotherapy",
    "MaintenanceTherapy": "maintenance with 6-mercaptopurine; oral maintenance therapy; continuation treatment",
    "MrcAmlProtocol": "AML15 protocol; MRC-10 protocol; MRC AML 15; MRC-AML15",
    "Nsaid": "indomethacin; anti-inflammatory drugs; anti-inflammatories; aceclofenac",
    "OpenFixation": "ORIF; posterior fixation; spinal instrumentation; stabilization surgery",
    "Opioid": "codeine; opioid analgesics; opioid therapy; narcotic analgesics",
    "OrbitalIrradiation": "radiation to the optic nerves; irradiation of both eyes; irradiation of the left eye",
    "Orchiectomy": "unilateral orchiectomy; orchectomy; removal of the testicle; inguinal orchidectomy",
    "PegAsparaginase": "Oncaspar; PEG asparaginase; PEG-ASP; polyethylene glycol asparaginase",
    "PeripheralBloodSCT": "PBSC transplantation; allogeneic peripheral blood stem cell transplantation",
    "Radiotherapy": "radiation treatment; tomotherapy; nodal irradiation; photon irradiation",
    "SevenPlusThree": "\"7 + 3\" regimen; 3+7 induction; '7 + 3' chemotherapy; standard 7+3 induction",
    "SpinalIrradiation": "spinal radiation; spine radiotherapy; radiotherapy to the lumbar spine",
    "StJudeProtocol": "Total XIII; St. Jude Total XV; St. Jude Children's Research Hospital protocol",
    "Stenting": "nephrostomy; percutaneous nephrostomy; ureteric stent; bile duct stent",
    "Surgery": "surgical management; endoscopic sinus surgery; sinus surgery; strabismus surgery",
    "SurgicalExcision": "complete excision; ablation of the tumor; superficial parotidectomy; pneumonectomy",
    "SystemicChemotherapy": "systemic intensive chemotherapy; systemic re-induction chemotherapy",
    "TesticularIrradiation": "local testicular irradiation; irradiation to both testicles",
    "TopicalCorticosteroid": "topical dexamethasone; topical steroid drops; steroid ointment; topical clobetasol",
    "Transfusion": "platelet transfusion; blood products; cryoprecipitate; platelet concentrate",
    "TumorResection": "excision of the tumor; near-total resection; complete tumor removal; excision of tumor",
    "TyrosineKinaseInhibitor": "FLT3 inhibitor; olverembatinib; tyrosine-kinase inhibitors; FLT3 inhibitor therapy",
    "UkallProtocol": "UKALL R3; UKALLXII; UKALL X",
    "VpShunt": "ventriculo-peritoneal shunt; Ommaya; ventricular shunt; intraventricular reservoir",
    "WithdrawalOfImmunosuppression": "cessation of immunosuppressive therapy; tapering cyclosporine",
}


@pytest.mark.parametrize(("concept", "wording"), rows(TREATMENTS))
def test_a_treatment_given_and_refused(concept: str, wording: str) -> None:
    assert is_found(treatments, concept, f"He was treated with {wording}.")
    assert not is_found(treatments, concept, f"He refused {wording}.")


MARKERS = {
    "CD10": "CALLA; common ALL antigen; CD 10; common acute lymphoblastic leukemia antigen",
    "CD117": "c-kit; KIT; cKIT; c-Kit",
    "CD15": "Leu-M1; LeuM1; CD 15; Leu M1",
    "CD3": "cyCD3; CD 3; surface CD3; CD3ε",
    "CD34": "My10; CD 34; QBEnd/10; HPCA-1",
    "CD43": "MT1; DF-T1; Leu 22; MT-1",
    "CD45": "LCA; CD 45; CD45RB; common leukocyte antigen",
    "CD68": "KP-1; PG-M1; PGM1; CD68 (KP1)",
    "CD79a": "CD79alpha; CD 79a; cytoplasmic CD79a; cyCD79a",
    "Cytokeratin": "CAM 5.2; cytokeratin AE1/AE3; PanCK; CAM5.2",
    "HLADR": "HLA DR; Ia antigen; HLADR; HLA–DR",
    "MPO": "myeloperoxidase (MPO); antimyeloperoxidase; cytoplasmic MPO; cyMPO",
    "SurfaceImmunoglobulin": "sIgM; light chain; surface IgG of kappa-chain type",
    "TCellReceptor": "TCR gamma delta; TCR beta; TCRγδ; TCR-alpha beta",
}


@pytest.mark.parametrize(("concept", "wording"), rows(MARKERS))
def test_a_marker(concept: str, wording: str) -> None:
    assert is_found(immunophenotype, concept, f"His blasts were positive for {wording}.")


DIAGNOSES = {
    "BreastCarcinoma": "primary breast cancer; mammary carcinoma; breast adenocarcinoma; inflammatory breast cancer",
    "Carcinoma": "small cell carcinoma; anaplastic carcinoma; vulvar cancer",
    "CervicalCancer": "uterine cancer; uterine cervical cancer; uterine malignancy; cervix cancer",
    "ChemotherapyInducedPeripheralNeuropathy": "vincristine toxicity; vincristine-associated neuropathy",
    "ChemotherapyNeurotoxicity": "neurotoxic effects of chemotherapy; methotrexate encephalopathy",
    "CnsLymphoma": "PCNSL; intraocular lymphoma; brain lymphoma; primary intraocular lymphoma",
    "ColorectalCancer": "colonic carcinoma; stomach cancer; gastric adenocarcinoma; gastric malignancy",
    "DeepVeinThrombosis": "deep venous thrombosis",
    "DiscHerniation": "HNP; disc prolapse; disc protrusion; ruptured disc",
    "DrugReaction": "toxicoderma; DRESS; methotrexate toxicity",
    "Encephalitis": "meningoencephalitis; autoimmune encephalitis; rhombencephalitis; infectious encephalitis",
    "EntrapmentNeuropathy": "piriformis syndrome; nerve entrapment; compressive neuropathy; meralgia paresthetica",
    "FungalDisease": "invasive fungal infection; cryptococcosis; sporotrichosis; disseminated fungal infection",
    "GermCellTumor": "testicular cancer; testicular germ cell tumor; nonseminomatous germ cell tumor; yolk sac tumor",
    "Glioma": "optic nerve glioma; ependymoma; GBM; optic pathway glioma",
    "GraftVersusHostDisease": "cutaneous GVHD; GvHD; neurologic GVHD; oral GVHD",
    "GuillainBarreSyndrome": "acute inflammatory demyelinating polyneuropathy; acute motor axonal neuropathy",
    "Hemangioma": "angioma; lymphangioma",
    "Hematoma": "haematoma; chronic subdural hematoma; spinal hematoma; psoas hematoma",
    "HerpesZoster": "zoster; varicella-zoster infection; Ramsay-Hunt syndrome; zoster sine herpete",
    "InfectiousDisease": "cat scratch disease; infectious cause; cytomegalovirus infection; parvovirus infection",
    "InflammatoryBowelDisease": "Crohn disease",
    "InflammatoryPseudotumor": "inflammatory pseudotumour",
    "LaryngealCarcinoma": "oropharyngeal carcinoma; pharyngeal cancer",
    "Lymphoma": "lymphomatous infiltration; lymphoid neoplasm; anaplastic large cell lymphoma; mantle cell lymphoma",
    "Mastoiditis": "middle ear infection",
    "Meningitis": "cryptococcal meningitis; carcinomatous meningitis; Listeria meningitis; chemical meningitis",
    "MetastaticSolidTumor": "metastatic cancer; metastatic solid tumor; leptomeningeal metastasis",
    "NonHodgkinLymphoma": "Burkitt lymphoma; malignant non-Hodgkin's lymphoma; non Hodgkin lymphoma",
    "OpticNeuritis": "papillitis; optic perineuritis",
    "Osteonecrosis": "avascular necrosis of the femoral head; osteonecrosis of the jaw; aseptic bone necrosis",
    "OvarianTumor": "granulosa cell tumor; primary ovarian tumor; Krukenberg tumor",
    "PeriodontalDisease": "pericoronitis; peri-implantitis",
    "RadiationInducedPlexopathy": "radiation myelopathy; radionecrosis; radiation-induced optic neuropathy",
    "RheumaticDisease": "gout; transient synovitis; frozen shoulder",
    "SecondaryMalignancy": "second cancer; therapy-related malignancy; second neoplasm; secondary cancer",
    "Sinusitis": "rhinosinusitis; acute rhinosinusitis; frontal sinusitis",
    "SpinalInfection": "spinal epidural abscess; pyogenic spondylitis; infectious spondylodiscitis",
    "Stroke": "cerebrovascular event; brain infarct; hemorrhagic stroke",
    "Trauma": "traumatic hematoma; blunt trauma; ankle sprain; head injury",
    "Tuberculosis": "tubercular infection; pulmonary tuberculosis; tuberculomas; tubercular pleural effusion",
    "UterineFibroid": "myoma; cervical fibroid; uterine fibroids",
    "Vasculitis": "ANCA-associated vasculitis; Behcet disease; IgA vasculitis; microscopic polyangiitis",
}


@pytest.mark.parametrize(("concept", "wording"), rows(DIAGNOSES))
def test_a_diagnosis_weighed(concept: str, wording: str) -> None:
    text = f"The differential diagnosis in him included {wording}."
    assert any(concept in reader().vocabulary.ancestors(value) for value, _ in found(differentials, text))


@pytest.mark.parametrize(
    ("text", "present", "absent"),
    [
        ("His bone marrow biopsy was negative for myeloblasts.", set(), {"BoneMarrowBlasts"}),
        ("He did not exhibit abnormalities such as anemia or cytopenia.", set(), {"Anemia", "Cytopenia"}),
        ("Diagnosed early, vision loss was prevented: surgery prior to the onset of paraplegia.", None, {"Paraplegia"}),
        ("There was no elevated CRP in him.", set(), {"ElevatedCRP"}),
        ("His liver and spleen were palpable.", {"Hepatosplenomegaly"}, set()),
        ("He noticed swellings in the neck and breast.", {"NeckMass", "BreastMass"}, set()),
        ("His serum creatinine was raised.", {"RenalFailure"}, set()),
        ("Abduction of his right eye was limited.", None, set()),
        ("He had difficulty urinating and swallowing.", {"UrinaryRetention", "Dysphagia"}, set()),
        ("An LP revealed 300 cells, 80% of which were blasts.", {"CSFPleocytosis", "CSFBlasts"}, set()),
        ("He had progressive pain, weakness and muscle atrophy of the right arm.", None, set()),
        ("The man had Philadelphia chromosome-negative disease.", set(), {"PhiladelphiaChromosome"}),
    ],
)
def test_findings_that_sentences_show(text: str, present: set[str] | None, absent: set[str]) -> None:
    several = found(findings, text)
    if present is not None:
        assert {value for value, status in several if status == "Present"} == present
    assert {value for value, status in several if status == "Absent"} >= absent


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Magnetic resonance imaging (MRI) of the brain was done.", "BrainMRI"),
        ("MRI pelvis was done in him.", "PelvicMRI"),
        ("Bone marrow aspiration and biopsy were done in him.", "BoneMarrowBiopsy"),
        ("An LP revealed a white blood cell count of 300/uL.", "CSFLeukocyteCount"),
        ("A biopsy of this lesion and a bone marrow biopsy were taken from him.", "Biopsy"),
        ("Cerebrospinal fluid (CSF) cytology was done in him.", "CSFCytology"),
    ],
)
def test_investigations_that_sentences_show(text: str, expected: str) -> None:
    assert (expected, "") in found(investigations, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He received radiotherapy of 20 Gy to the left eye.", {"OrbitalIrradiation"}),
        ("He received radiotherapy to both testes.", {"TesticularIrradiation"}),
        ("He received irradiation of the mass.", {"LocalRadiotherapy"}),
        ("High-dose cytarabine was given to him.", {"Hidac", "Cytarabine"}),
        ("He received IT methotrexate.", {"IntrathecalChemotherapy", "Methotrexate"}),
        ("He underwent autologous peripheral blood SCT.", {"AutologousHSCT", "PeripheralBloodSCT"}),
        ("Tacrolimus was discontinued in him.", {"WithdrawalOfImmunosuppression"}),
        ("He was prepared to undergo splenectomy.", set()),
    ],
)
def test_treatments_that_sentences_show(text: str, expected: set[str]) -> None:
    assert {value for value, _ in found(treatments, text)} >= expected
    if not expected:
        assert not found(treatments, text)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("His white blood cells were 124,200/mL.", "Leukocytosis"),
        ("We found 124.000/mm3 white blood cells in his blood.", "Leukocytosis"),
        ("His hemoglobin was 9.5 g/dL.", "Anemia"),
        ("His platelets were 43,000/mm3.", "Thrombocytopenia"),
        ("His LDH was 2670 IU/L.", "ElevatedLDH"),
        ("His white blood cell count was 44 with many blasts.", "Leukocytosis"),
        ("Leukocytes were 61 500/µL.", "Leukocytosis"),
        ("The WBC (white blood cells) was 33.1 K/uL.", "Leukocytosis"),
        ("The white cell count was 57 · 10^9/L.", "Leukocytosis"),
        ("The leukocyte count was 1.1 x 10^9/L.", "Leukopenia"),
        ("Platelets were 17,000 x 10^9/L.", "Thrombocytopenia"),
        ("CRP was 6.1 mg/dL.", "ElevatedCRP"),
    ],
)
def test_a_number_that_is_a_finding(text: str, finding: str) -> None:
    assert (finding, "Present") in found(measurements, text)


def test_the_white_cells_of_the_fluid_are_not_those_of_the_blood() -> None:
    assert ("Leukopenia", "Present") not in found(measurements, "The CSF had a white cell count of 70/mcL.")


def test_a_panel_that_confirmed_the_diagnosis_is_positive_and_an_antibody_is_a_stain_or_a_drug() -> None:
    assert is_found(immunophenotype, "CD123", "Immunohistochemistry (CD123, CD56 and CD4) confirmed his diagnosis.")
    assert is_found(immunophenotype, "ERG", "The biopsy of the man showed expression of anti-ERG antibodies.")
    assert not found(immunophenotype, "He received an anti-CD20 antibody.")


TOLD_BY_VERBS = {
    "Limp": "He began limping after school. | He limped.",
    "FacialPalsy": "His mouth drooped. | He could not smile or close his eyes. | His mouth deviated to the left.",
    "Diplopia": "He was seeing double. | He saw double. | He complained of double vision.",
    "WeightLoss": "His weight fell by 6 kg. | He lost 10 pounds. | He had lost weight. | He lost 8 kg in two months.",
    "Vomiting": "He had been vomiting for three days. | He vomited repeatedly.",
    "Fever": "His temperature rose to 38.8 °C. | He spiked a fever. | His temperature was 39.2 °C. | He was febrile.",
    "GaitDisturbance": "He could not bear weight on the left leg. | He could hardly walk. | He could no longer walk.",
    "Seizure": "He had a convulsion. | He convulsed twice.",
    "UrinaryRetention": "He could not void. | He was unable to urinate. | He could not pass urine.",
    "Dyspnea": "He was dyspneic. | He became breathless. | He became short of breath.",
    "Blindness": "He went blind. | He became blind in the right eye.",
    "VisualLoss": "He could see only hand movements. | His visual acuity was reduced. | His sight was failing.",
    "Epistaxis": "He bled from the nose. | His nose bled.",
    "GingivalBleeding": "He bled from his gums. | His gums bled.",
    "HearingLoss": "He became deaf. | He could not hear with the right ear.",
    "Hypoesthesia": "His leg was numb. | He felt numbness in both hands. | His left foot went numb.",
    "Proptosis": "His eye was pushed forward. | His left eye was bulging. | His right eye protruded.",
    "Ptosis": "His left upper lid drooped. | His eyelid drooped.",
    "TesticularSwelling": "His scrotum was swollen. | He noticed that his left testicle was growing.",
    "Lymphadenopathy": "His cervical lymph nodes were swollen. | Enlarged nodes were felt in the groin.",
    "Hepatomegaly": "The liver was felt 3 cm below the rib margin. | His liver was enlarged.",
    "Splenomegaly": "The spleen was palpable 5 cm below the costal margin. | His spleen was enlarged.",
    "Pallor": "He was pale. | He looked pale.",
    "Fatigue": "He was fatigued. | He tired easily. | He felt tired.",
    "Jaundice": "His sclerae were icteric. | He was icteric. | He became jaundiced.",
    "BackPain": "He had pain in his back. | His back hurt.",
    "LowerLimbPain": "He felt pain along his left leg. | His legs ached. | His left leg hurt.",
    "Headache": "He complained of severe headaches. | His head ached.",
    "FootDrop": "His foot dropped. | He could not dorsiflex his left foot.",
    "Dysphagia": "He was unable to swallow. | He could not swallow.",
    "Dysarthria": "He spoke indistinctly. | His speech became slurred. | His speech was slurred.",
    "Confusion": "He was disoriented. | He became confused.",
    "AlteredConsciousness": "He lost consciousness. | His consciousness deteriorated. | He became unresponsive.",
    "Coma": "He fell into a coma. | He became comatose.",
    "LimbWeakness": "His right hand grew weak. | He could not lift his left arm. | Power in the lower limbs was 3/5.",
    "Paraplegia": "His legs were paralysed. | Both legs were paralyzed. | He became paraplegic.",
    "Areflexia": "Knee and ankle jerks were absent. | Tendon reflexes could not be elicited.",
    "MeningealSigns": "There was stiffness of the neck. | His neck was stiff.",
    "RedEye": "Both eyes were red and painful. | His eye was injected. | His right eye was red.",
    "EyePain": "His eyes hurt. | His right eye was painful.",
    "OpticDiscSwelling": "The optic nerve head was elevated. | The disc margins were blurred.",
    "Papilledema": "Both optic discs were swollen, with papilledema.",
    "NumbChinSyndrome": "The lower lip went numb. | His lower lip and chin were numb. | His chin was numb.",
    "GingivalHyperplasia": "The gums had enlarged. | His gums were swollen.",
    "TonsillarEnlargement": "His tonsils were swollen. | His right tonsil was enlarged.",
    "BreastMass": "Her left breast was swollen. | She noticed a lump in her left breast.",
    "Anorexia": "His appetite was poor. | He ate little. | He lost his appetite.",
    "Ophthalmoplegia": "Eye movements were restricted in all directions. | His left eye could not be abducted.",
    "Anisocoria": "His pupils were unequal. | His right pupil was dilated.",
    "KneePain": "His right knee hurt. | His knee was painful.",
    "JointSwelling": "The knee joint was swollen. | Both ankles were swollen. | His left knee was swollen.",
    "CSFPleocytosis": "His spinal fluid had 90 cells. | CSF revealed 55 leukocytes/µl.",
    "IncreasedCSFProtein": "CSF showed elevated protein. | The protein content of the CSF was increased.",
    "CSFBlasts": "CSF cytology was positive. | The CSF was positive for leukemic cells. | The CSF contained blasts.",
    "BoneMarrowBlasts": "A marrow relapse with 30% blasts was found. | The marrow was replaced by lymphoblasts.",
    "PeripheralBlasts": "12% blasts were seen in the peripheral blood. | The peripheral smear revealed lymphoblasts.",
    "PericardialEffusion": "The pericardium contained fluid. | Fluid was found in the pericardium.",
    "Hydronephrosis": "The left ureter was obstructed. | Both kidneys were hydronephrotic.",
    "Nephromegaly": "His kidneys were markedly enlarged. | Both kidneys were enlarged.",
    "PancreaticEnlargement": "His pancreas was swollen. | The pancreas was diffusely enlarged.",
    "NerveEnlargement": "The nerve was diffusely enlarged. | The optic nerve was thickened.",
    "NerveContrastEnhancement": "The optic nerves showed enhancement. | The trigeminal nerve was enhanced.",
    "MeningealEnhancement": "The leptomeninges showed enhancement. | The meninges enhanced diffusely.",
    "VertebralCollapse": "L1 was fractured. | The vertebral body of T8 had collapsed.",
    "SkinNodule": "Firm purple nodules erupted over his arms. | Multiple nodules developed on the trunk.",
}


@pytest.mark.parametrize(
    ("concept", "text"), [(concept, text) for concept, told in TOLD_BY_VERBS.items() for text in told.split(" | ")]
)
def test_a_finding_told_by_a_verb(concept: str, text: str) -> None:
    assert is_found(findings, concept, text, "Present")
