"""Small made-up releases of SNOMED CT and Mondo, HPO and NCIt around our own codes, and the program that reads them.

Above the codes that the mappings name are a few that they do not name, and that no terminology has.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kg.config import shipped
from kg.link.hierarchy import mapped_labels
from kg.link.sssom import read_mappings
from tests.conftest import ROOT
from tests.test_cli import environment
from tests.test_link_rf2 import CORE, FULLY, INFERRED, IS, SYNONYM, Rows, described, pack, sctid, write

AML, LEUKEMIA, BONE_PAIN = "91861009", "93143009", "12584003"
MYELOID, BLOOD, PAIN, TOP, OTHER = (sctid(700_000 + number) for number in range(5))
MADE_UP = {MYELOID: "Made-up myeloid", BLOOD: "Made-up blood", PAIN: "Made-up pain", TOP: "Made-up top"}
BONE_PAIN_THERE = "Made-up ache of bones"
MADE_UP |= {OTHER: "Made-up other", BONE_PAIN: BONE_PAIN_THERE}
PARENTS = [(AML, MYELOID), (AML, LEUKEMIA), (MYELOID, BLOOD), (LEUKEMIA, BLOOD), (BLOOD, TOP), (BONE_PAIN, PAIN)]
PARENTS += [(PAIN, TOP), (OTHER, TOP)]
OBO = {
    "MONDO": (("MONDO:0018874", "acute myeloid leukemia"), ("MONDO:9900001", "made-up myeloid")),
    "HP": (("HP:0002653", "Bone pain"), ("HP:9900001", "made-up pain")),
    "NCIT": (("NCIT:C3171", "Acute Myeloid Leukemia"), ("NCIT:C9900001", "made-up myeloid")),
}
"""For each terminology a code that is mapped and one above it that is not."""


def our_codes() -> dict[str, tuple[str, ...]]:
    """All codes of SNOMED CT that our mappings name, with our labels of each."""
    labels = mapped_labels(read_mappings(shipped("data") / "mappings.sssom.tsv"), "SNOMEDCT")
    return {code.partition(":")[2]: tuple(ours) for code, ours in labels.items()}


def snomed_rows() -> Rows:
    """A release that has all our codes, of which a few have others above them."""
    labels = our_codes() | {code: (name,) for code, name in MADE_UP.items()}
    names = [(code, name) for code, several in labels.items() for name in several or (f"Made-up {code}",)]
    return {
        "concept": [(code, "20200101", "1", CORE, "x") for code in labels],
        "description": [
            described(2 * number + synonym, code, SYNONYM if synonym else FULLY, name)
            for number, (code, name) in enumerate(names, 1)
            for synonym in (0, 1)
        ],
        "relationship": [
            (sctid(30 + number, "02"), "20200101", "1", CORE, child, parent, "0", IS, INFERRED, "x")
            for number, (child, parent) in enumerate(PARENTS)
        ],
        "association": [],
        "language": [],
    }


def snomed_folder(folder: Path) -> Path:
    """The release as a folder."""
    return write(folder / "SnomedCT_made-up", snomed_rows())


def snomed_zip(folder: Path) -> Path:
    """The release as a zip."""
    return pack(snomed_folder(folder), folder / "SnomedCT_made-up.zip")


def obo_file(folder: Path, prefix: str) -> Path:
    """One of `OBO` as a file in OBO format."""
    (code, label), (above, name) = OBO[prefix]
    path = folder / f"{prefix.lower()}.obo"
    head = f"format-version: 1.2\ndata-version: {prefix.lower()}/releases/2026-09-01\nontology: {prefix.lower()}\n"
    terms = f"\n[Term]\nid: {code}\nname: {label}\nis_a: {above}\n\n[Term]\nid: {above}\nname: {name}\n"
    path.write_text(head + terms, encoding="utf-8")
    return path


def sanctuary(
    *arguments: str | Path, snapshots: Path, terminologies: Path, program: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run ``sanctuary`` with its own folders of snapshots and of kept releases."""
    command = [sys.executable, *(["-c", program] if program else ["-m", "kg.cli"]), *map(str, arguments)]
    env = {**os.environ, **environment(snapshots), "SANCTUARY_TERMINOLOGIES": str(terminologies), **more}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
