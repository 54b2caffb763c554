"""A made-up SNOMED CT release in RF2 of full size, and how long `kg.link.rf2` takes to read it, in how much memory.

The identifiers have right check digits, the concepts a hierarchy as deep as SNOMED CT's or deeper; the codes that our
mappings name are among them, so that ``sanctuary link snomed`` can be tried on it too. Nothing in it is of SNOMED CT
but the metadata identifiers of the format.

    python benchmarks/rf2.py make release             # a folder; with a name that ends in .zip, a zip
    python benchmarks/rf2.py measure release
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kg.config import shipped
from kg.link.hierarchy import mapped_labels, release_quads
from kg.link.rf2 import PREFIX, read_rf2
from kg.link.rf2_files import COLUMNS
from kg.link.sctid import check_digit
from kg.link.sssom import read_mappings

DATE, MODULE, ROOT = "20260901", "900000000000207008", "138875005"
FULLY, SYNONYM, PREFERRED = "900000000000003001", "900000000000013009", "900000000000548007"
DIALECTS = ("900000000000509007", "900000000000508004")
IS_A, INFERRED, SITE = "116680003", "900000000000011006", "363698007"
REPLACED = "900000000000526001"
Write = Callable[[str], None]


def identifier(number: int, partition: str) -> str:
    """A SNOMED CT identifier of the core: a number, the partition and the check digit."""
    item = f"{number}{partition}"
    return item + check_digit(item)


def our_codes() -> dict[str, str]:
    """The codes that the mapping set names, with a label each."""
    labels = mapped_labels(read_mappings(shipped("data") / "mappings.sssom.tsv"), PREFIX)
    return {code.partition(":")[2]: "".join(ours[:1]) for code, ours in labels.items()}


class Maker:
    """Writes the files, each of a size given beforehand."""

    def __init__(self, kind: str, active: int, descriptions: int, relationships: int) -> None:
        self.kind, self.relationships, self.descriptions = kind, relationships, descriptions
        self.dice = random.Random(5)
        ours = our_codes()
        # Ours last: the hierarchy grows from the root, so they have long ways up.
        self.active = [ROOT, *(identifier(n, "00") for n in range(700_000, 700_000 + active - 1 - len(ours))), *ours]
        self.inactive = [identifier(n, "00") for n in range(2_000_000, 2_000_000 + active // 3)]
        self.names = ours

    def versions(self, state: str) -> Iterator[str]:
        """Time and state of the rows of one component: in a Full release most have an older row too."""
        if self.kind == "Full" and self.dice.random() < 0.6:
            yield f"20020131\t{1 - int(state)}"
        yield f"{DATE}\t{state}"

    def concept(self, write: Write) -> None:
        """Concepts in use and out of use."""
        for state, codes in (("1", self.active), ("0", self.inactive)):
            for code in codes:
                for version in self.versions(state):
                    write(f"{code}\t{version}\t{MODULE}\t900000000000074008")

    def description(self, write: Write) -> None:
        """A fully specified name for each concept, the rest synonyms."""
        everything = self.active + self.inactive
        for number in range(self.descriptions):
            code = everything[number % len(everything)]
            name = self.names.get(code) or f"Made-up disorder of structure {code}"
            kind, term = (FULLY, f"{name} (disorder)") if number < len(everything) else (SYNONYM, name)
            for version in self.versions("1"):
                head = f"{identifier(3_000_000 + number, '01')}\t{version}\t{MODULE}\t{code}"
                write(f"{head}\ten\t{kind}\t{term}\t900000000000448009")

    def language(self, write: Write) -> None:
        """Two dialects of every description."""
        for number in range(self.descriptions):
            description = identifier(3_000_000 + number, "01")
            for at, dialect in enumerate(DIALECTS):
                for version in self.versions("1"):
                    member = f"{number:08x}-0000-4000-8000-{at:012x}"
                    write(f"{member}\t{version}\t{MODULE}\t{dialect}\t{description}\t{PREFERRED}")

    def relationship(self, write: Write) -> None:
        """One or two parents for each concept, attributes for the rest; a fifth of the attributes out of use."""
        made = 0

        def row(source: str, target: str, kind: str, state: str) -> None:
            nonlocal made
            for version in self.versions(state):
                head = f"{identifier(5_000_000 + made, '02')}\t{version}\t{MODULE}\t{source}\t{target}"
                write(f"{head}\t0\t{kind}\t{INFERRED}\t900000000000451002")
            made += 1

        for index, code in enumerate(self.active[1:], 1):
            for _ in range(1 + (self.dice.random() < 0.6)):
                row(code, self.active[self.dice.randrange(index)], IS_A, "1")
        while made < self.relationships:
            state = "0" if self.dice.random() < 0.2 else "1"
            row(self.dice.choice(self.active), self.dice.choice(self.active), SITE, state)

    def association(self, write: Write) -> None:
        """A replacement for each concept out of use."""
        for number, code in enumerate(self.inactive):
            head = f"{number:08x}-0000-4000-8000-00000000000a\t{DATE}\t1\t{MODULE}\t{REPLACED}"
            write(f"{head}\t{code}\t{self.dice.choice(self.active)}")


@contextmanager
def writer(target: Path, name: str, archive: zipfile.ZipFile | None) -> Iterator[Write]:
    """Something that writes lines into one file of the release."""
    if archive is None:
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            yield lambda line: (file.write(line + "\r\n"), None)[1]
    else:
        with archive.open(f"{target.stem}/{name}", "w", force_zip64=True) as packed:
            waiting: list[str] = []

            def write(line: str) -> None:
                waiting.append(line + "\r\n")
                if len(waiting) >= 20_000:
                    packed.write("".join(waiting).encode())
                    waiting.clear()

            yield write
            packed.write("".join(waiting).encode())


def make(target: Path, kind: str, active: int, descriptions: int, relationships: int) -> None:
    """Write the release."""
    maker = Maker(kind, active, descriptions, relationships)
    names = {
        "concept": f"{kind}/Terminology/sct2_Concept_{kind}_INT_{DATE}.txt",
        "description": f"{kind}/Terminology/sct2_Description_{kind}-en_INT_{DATE}.txt",
        "relationship": f"{kind}/Terminology/sct2_Relationship_{kind}_INT_{DATE}.txt",
        "association": f"{kind}/Refset/Content/der2_cRefset_Association{kind}_INT_{DATE}.txt",
        "language": f"{kind}/Refset/Language/der2_cRefset_Language{kind}-en_INT_{DATE}.txt",
    }
    archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) if target.suffix == ".zip" else None
    for content, name in names.items():
        with writer(target, name, archive) as write:
            write("\t".join(COLUMNS[content]))
            getattr(maker, content)(write)
    if archive is not None:
        archive.close()


def measure(release: Path) -> None:
    """Print how long reading takes, and the peak of memory."""
    labels = {f"{PREFIX}:{code}": (label,) if label else () for code, label in our_codes().items()}
    told: list[int] = []
    began, busy = time.perf_counter(), time.process_time()
    found = read_rf2(release, labels, relations=(SITE,), progress=lambda done, _: told.append(done))
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    known = sum(status.known for status in found.statuses)
    figures = f"{seconds:.1f} s ({busy:.1f} s of CPU), peak {peak} MB resident"
    print(f"{release.name}: {told[-1] / 1e6:,.0f} MB of text, {figures}")
    print(f"{known} of {len(labels)} codes known, {len(found.edges)} edges, {len(release_quads(found))} quads")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("make", "measure"))
    parser.add_argument("release", type=Path)
    parser.add_argument("--kind", choices=("Snapshot", "Full"), default="Snapshot")
    parser.add_argument("--active", type=int, default=370_000)
    parser.add_argument("--descriptions", type=int, default=1_300_000)
    parser.add_argument("--relationships", type=int, default=3_000_000)
    asked = parser.parse_args()
    if asked.what == "measure":
        measure(asked.release)
    else:
        make(asked.release, asked.kind, asked.active, asked.descriptions, asked.relationships)


if __name__ == "__main__":
    main()
