"""From a release to cases: codes that we never mapped answer everywhere, and what is the user's own stays out of files.

The releases are read and the snapshot is built by the program itself, as a user has it.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, parse

from kg import namespaces as ns
from kg.coded import SURE, UnderCode, cases_under
from kg.describe.files import DUMPS
from kg.errors import QueryError
from kg.export import FORMATS, export, find_graph
from kg.link.hierarchy import GRAPHS
from kg.link.kept import read_kept
from kg.questions import ask_question, read_choices, read_questions
from kg.snapshot import QUESTIONS, Snapshot, open_current
from server import create_app
from tests.entity_fixture import page
from tests.terminology_fixture import (
    AML,
    BLOOD,
    BONE_PAIN,
    BONE_PAIN_THERE,
    LEUKEMIA,
    MYELOID,
    OBO,
    OTHER,
    PAIN,
    TOP,
    obo_file,
    sanctuary,
    snomed_zip,
)

pytest.importorskip("fastobo")

SNOMED = "http://snomed.info/id/"
PATH = "skos:broader*/(skos:exactMatch|skos:broadMatch)/rdfs:subClassOf*"
"""The path that `data/README.md` tells of."""
Under = Callable[..., UnderCode]


@dataclass(frozen=True)
class Linked:
    """Folders with releases of SNOMED CT, Mondo, HPO and NCIt, and a snapshot with them; what the commands said."""

    snapshots: Path
    terminologies: Path
    said: str

    def run(self, *arguments: str | Path) -> Any:
        return sanctuary(*arguments, snapshots=self.snapshots, terminologies=self.terminologies)


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Linked:
    folder = tmp_path_factory.mktemp("linked")
    found = Linked(folder / "snapshots", folder / "terminologies", "")
    commands: list[list[str | Path]] = [["link", "snomed", snomed_zip(folder)]]
    commands += [["link", "obo", obo_file(folder, prefix)] for prefix in OBO]
    commands.append(["build"])
    said = ""
    for command in commands:
        done = found.run(*command)
        assert done.returncode == 0, done.stderr
        said += done.stdout + done.stderr
    return Linked(found.snapshots, found.terminologies, said)


@pytest.fixture(scope="module")
def with_releases(linked: Linked) -> Snapshot:
    return open_current(linked.snapshots)


@pytest.fixture(scope="module")
def client(linked: Linked) -> FlaskClient:
    return create_app(linked.snapshots).test_client()


@pytest.fixture(scope="module")
def under(with_releases: Snapshot) -> Under:
    choices = read_choices(with_releases.table)

    def asked(code: str, **options: bool) -> UnderCode:
        return cases_under(code, choices, with_releases.table, **options)

    return asked


@pytest.fixture(scope="module")
def alone(snapshot: Snapshot) -> Under:
    """The same on the snapshot without any release."""
    choices = read_choices(snapshot.table)

    def asked(code: str, **options: bool) -> UnderCode:
        return cases_under(code, choices, snapshot.table, **options)

    return asked


@pytest.fixture(scope="module")
def aml(snapshot: Snapshot) -> set[str]:
    """The cases of acute myeloid leukemia by our own hierarchy alone."""
    return only_cases(snapshot, "?case sanct:diagnosis/sanct:leukemiaType/skos:broader* sanct:AcuteMyeloidLeukemia")


@pytest.fixture(scope="module")
def pained(snapshot: Snapshot) -> set[str]:
    """The cases with bone pain by our own hierarchy alone."""
    finding = "?finding sanct:findingType/skos:broader* sanct:BonePain ; sanct:status sanct:Present"
    return only_cases(snapshot, f"?case sanct:finding ?finding . {finding}")


def only_cases(snapshot: Snapshot, pattern: str) -> set[str]:
    rows = snapshot.table(f"SELECT DISTINCT ?case {{ {pattern} }}").rows
    return {term.value for (term,) in rows if isinstance(term, NamedNode)}


def theirs(snapshot: Snapshot) -> set[Quad]:
    """The quads of the user's own terminologies."""
    return set(parse(path=snapshot.terminologies, format=RdfFormat.N_QUADS))


class TestCodesWeNeverMapped:
    """The cases are those of our own hierarchy: eleven of sixteen have an acute myeloid leukemia."""

    def test_there_are_as_many_as_the_papers_tell_of(self, aml: set[str], pained: set[str], alone: Under) -> None:
        assert (len(aml), len(pained), alone("NCIT:C3171").total) == (11, 1, 16)

    @pytest.mark.parametrize(
        "code",
        [
            *(f"SNOMEDCT:{AML}", f"{SNOMED}{AML}", f"snomedct: {AML}", "MONDO:0018874", "NCIT:C3171"),
            *(f"SNOMEDCT:{MYELOID}", "MONDO:9900001", "NCIT:C9900001"),
        ],
    )
    def test_the_same_cases_by_every_code(self, under: Under, aml: set[str], code: str) -> None:
        assert set(under(code).cases) == aml

    @pytest.mark.parametrize(
        "code", ["HP:0002653", f"SNOMEDCT:{BONE_PAIN}", "NCIT:C38644", "HP:9900001", f"SNOMEDCT:{PAIN}"]
    )
    def test_the_same_finding_by_every_code(self, under: Under, pained: set[str], code: str) -> None:
        found = under(code)
        assert set(found.cases) == pained
        assert {row.role for row in found.rows} == {"finding present"}

    def test_a_code_higher_up_has_more(self, under: Under, aml: set[str], pained: set[str]) -> None:
        assert aml < set(under(f"SNOMEDCT:{BLOOD}").cases) == set(under(f"SNOMEDCT:{LEUKEMIA}").cases)
        assert aml | pained <= set(under(f"SNOMEDCT:{TOP}").cases)
        assert under(f"SNOMEDCT:{OTHER}").rows == ()

    @pytest.mark.parametrize("code", [f"SNOMEDCT:{MYELOID}", "MONDO:9900001", "NCIT:C9900001"])
    def test_the_competency_question(self, with_releases: Snapshot, aml: set[str], code: str) -> None:
        asked = {q.slug: q for q in read_questions(with_releases.folder / QUESTIONS)}
        choices = read_choices(with_releases.table)
        for slug in ("cases-under-a-leukemia-code", "how-a-code-reaches-cases"):
            answer = ask_question(asked[slug], {"code": code}, choices, with_releases.table)
            assert set(answer.cases) == aml, slug

    @pytest.mark.parametrize("code", [f"{SNOMED}{MYELOID}", "http://purl.obolibrary.org/obo/MONDO_9900001"])
    def test_one_property_path(self, with_releases: Snapshot, snapshot: Snapshot, aml: set[str], code: str) -> None:
        pattern = f"?case sanct:diagnosis/sanct:leukemiaType/{PATH} <{code}>"
        assert only_cases(with_releases, pattern) == aml
        assert only_cases(snapshot, pattern) == set()

    def test_the_command(self, linked: Linked, aml: set[str]) -> None:
        done = linked.run("cases", "--code", f"SNOMEDCT:{MYELOID}", "--format", "json")
        told = json.loads(done.stdout)
        assert (done.returncode, set(told["cases"]), told["n"], told["N"]) == (0, aml, 11, 16)
        assert told["release"] == "SNOMED CT 20260901"
        assert {row["code"] for row in told["rows"]} == {f"SNOMEDCT:{AML}"}
        assert done.stderr == f"11 of 16 cases are under SNOMEDCT:{MYELOID} “Made-up myeloid”.\n"
        assert "No release" not in done.stderr

    def test_the_code_alone(self, under: Under, aml: set[str]) -> None:
        assert under(f"SNOMEDCT:{MYELOID}", descendants=False).rows == ()
        own = under(f"SNOMEDCT:{AML}", descendants=False)
        assert set(own.cases) < aml
        assert {row.concept for row in own.rows} == {ns.term("AcuteMyeloidLeukemia")}


class TestWithoutARelease:
    def test_our_own_hierarchy_answers(self, alone: Under, aml: set[str]) -> None:
        found = alone(f"SNOMEDCT:{AML}")
        assert (set(found.cases), found.release) == (aml, "")
        assert found.label == "Acute myeloid leukemia, disease (disorder)"
        assert len({row.concept for row in found.rows}) > 1, "those below ours are among them"

    def test_what_is_above_is_not_known(self, alone: Under) -> None:
        found = alone(f"SNOMEDCT:{MYELOID}")
        assert (found.rows, found.concepts, found.release) == ((), (), "")

    def test_close_codes_are_told_apart(self, alone: Under, aml: set[str]) -> None:
        found = alone("SNOMEDCT:17788007")
        assert (found.cases, set(found.only_close)) == ((), aml)
        assert {row.match for row in found.rows} == {"close"}
        assert not set(SURE) & {row.match for row in found.rows}

    def test_every_row_says_who_says_so(self, alone: Under) -> None:
        assert all(row.papers for row in alone(f"SNOMEDCT:{LEUKEMIA}").rows)

    def test_what_is_absent_never_counts(self, snapshot: Snapshot, alone: Under) -> None:
        query = """SELECT DISTINCT ?case ?code WHERE {
          ?case sanct:finding ?finding . ?finding sanct:status sanct:Absent ; sanct:findingType ?type .
          ?type skos:exactMatch ?code .
          FILTER NOT EXISTS { ?case sanct:finding ?other . ?other sanct:status sanct:Present ;
            sanct:findingType/skos:broader* ?type }
        }"""
        pairs = [[term.value for term in row if isinstance(term, NamedNode)] for row in snapshot.table(query).rows]
        assert len(pairs) > 10
        for case, code in pairs:
            assert case not in [row.case for row in alone(code).rows if row.role == "finding present"], (case, code)

    @pytest.mark.parametrize("scheme", ["Findings", "LeukemiaTypes", "AnatomicalSites", "Modalities", "Treatments"])
    def test_it_agrees_with_the_question_for_every_code(self, snapshot: Snapshot, alone: Under, scheme: str) -> None:
        """The command and the question share no text, so neither can drift from what both mean."""
        query = f"SELECT DISTINCT ?code {{ ?c skos:inScheme sanct:{scheme} ; skos:exactMatch|skos:closeMatch ?code }}"
        codes = sorted(term.value for (term,) in snapshot.table(query).rows if isinstance(term, NamedNode))[::9]
        question = next(q for q in read_questions(snapshot.folder / QUESTIONS) if q.slug == "how-a-code-reaches-cases")
        choices = read_choices(snapshot.table)
        for code in codes:
            answer = ask_question(question, {"code": code}, choices, snapshot.table)
            relation, cases = (answer.columns.index(name) for name in ("relation", "cases"))
            rows = [(str(row[relation]), row[cases]) for row in answer.rows]
            sure = {case for match, those in rows if match in SURE and isinstance(those, tuple) for case in those}
            assert set(alone(code).cases) == sure, code

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("ICD9:204", "The prefixes are: ATC, CHEBI"),
            ("leukemia", "is no code of a terminology"),
            ("http://example.org/1", "no IRI of one"),
            ("skos:Concept", "is no code of a terminology"),
            ("MONDO:", "is no code of a terminology"),
            ('MONDO:1> } DROP ALL #"', "is no code of a terminology"),
            (f"SNOMEDCT:{AML[:-1]}8", "check digit (Verhoeff) should be 9"),
            ("MONDO:" + "1" * 400, "…”"),
        ],
    )
    def test_what_is_no_code(self, alone: Under, text: str, words: str) -> None:
        with pytest.raises(QueryError, match=re.escape(words)):
            alone(text)


class TestApart:
    """Nothing but the store and the file beside it holds a triple of theirs."""

    def test_the_graph_can_be_asked_and_the_union_has_it(self, with_releases: Snapshot) -> None:
        quads = theirs(with_releases)
        assert {str(quad.graph_name.value) for quad in quads if isinstance(quad.graph_name, NamedNode)} == {
            GRAPHS + slug for slug in ("hp", "mondo", "ncit", "snomedct")
        }
        for quad in quads:
            union = Quad(quad.subject, quad.predicate, quad.object, DefaultGraph())
            assert quad in with_releases.store
            assert union in with_releases.store

    def test_the_canonical_file_and_the_dumps_are_the_same(self, with_releases: Snapshot, snapshot: Snapshot) -> None:
        assert with_releases.nquads.read_bytes() == snapshot.nquads.read_bytes()
        names = {path.name for path in (snapshot.folder / DUMPS).iterdir()}
        assert names == {path.name for path in (with_releases.folder / DUMPS).iterdir()}
        for name in names:
            assert (with_releases.folder / DUMPS / name).read_bytes() == (snapshot.folder / DUMPS / name).read_bytes()
        assert with_releases.manifest["counts"] == snapshot.manifest["counts"]
        assert with_releases.manifest["reasoning"] == snapshot.manifest["reasoning"]

    def test_no_file_but_one_names_a_code_of_theirs(self, with_releases: Snapshot) -> None:
        files = [path for path in with_releases.folder.rglob("*") if path.is_file() and path.parent.name != "store"]
        told = [path.name for path in files if MYELOID.encode() in path.read_bytes()]
        assert told == [with_releases.terminologies.name]

    @pytest.mark.parametrize("name", FORMATS)
    def test_an_export_is_without_them_unless_asked(
        self, with_releases: Snapshot, snapshot: Snapshot, name: str
    ) -> None:
        def written(of: Snapshot, *graphs: str) -> bytes:
            out = io.BytesIO()
            export(of, FORMATS[name], out, graphs)
            return out.getvalue()

        assert written(with_releases) == written(snapshot)
        graph = find_graph(with_releases, "terminology/snomedct")
        asked = {quad.triple for quad in parse(written(with_releases, graph), format=FORMATS[name].rdf)}
        assert asked == {q.triple for q in theirs(with_releases) if q.graph_name == NamedNode(graph)}

    def test_the_command_exports_it_when_asked(self, linked: Linked, with_releases: Snapshot) -> None:
        done = linked.run("export", "--graph", "terminology/snomedct", "--format", "ntriples")
        assert f"<{SNOMED}{AML}> <{ns.PREFIXES['rdfs']}subClassOf> <{SNOMED}{MYELOID}> ." in done.stdout
        assert MYELOID not in linked.run("export").stdout

    def test_the_server_hands_out_the_whole_without_them(self, client: FlaskClient, snapshot: Snapshot) -> None:
        whole = client.get("/graph-store?default", headers={"Accept": "application/n-triples"})
        ours = {quad.triple for quad in snapshot.store.quads_for_pattern(None, None, None, DefaultGraph())}
        triples = [quad.triple for quad in parse(whole.data, format=RdfFormat.N_TRIPLES)]
        assert (set(triples), len(triples)) == (ours, len(ours))
        graph = f"/graph-store?graph={GRAPHS}snomedct"
        assert MYELOID in client.get(graph, headers={"Accept": "text/turtle"}).text

    @pytest.mark.parametrize("path", ["/.well-known/void", "/schema-org.jsonld", "/dumps/", "/sparql", "/dataset.nt"])
    def test_descriptions_do_not_tell_of_them(self, client: FlaskClient, path: str) -> None:
        text = client.get(path).text
        assert text
        assert "terminology/snomedct" not in text
        assert MYELOID not in text

    @pytest.mark.parametrize("suffix", ["ttl", "nt", "jsonld", "rdf"])
    def test_documents_about_our_concepts_hold_no_label_of_theirs(
        self, linked: Linked, client: FlaskClient, suffix: str
    ) -> None:
        text = client.get(f"/ontology/BonePain.{suffix}").text
        assert BONE_PAIN in text
        assert BONE_PAIN_THERE not in text
        assert BONE_PAIN_THERE in linked.said, "though the release says so"

    def test_the_snapshot_and_the_command_name_them(self, linked: Linked, with_releases: Snapshot) -> None:
        assert re.fullmatch(r"[\d.]+-[0-9a-f]{12}-with-[0-9a-f]{8}", with_releases.version)
        assert "SNOMED CT 20260901" in linked.said
        told = linked.run("info").stdout
        for words in ("SNOMED CT 20260901", "Human Phenotype Ontology 2026-09-01", GRAPHS + "mondo", "in no export"):
            assert words in told

    def test_forgotten_they_are_gone(self, linked: Linked, snapshot: Snapshot, tmp_path: Path) -> None:
        kept = tmp_path / "terminologies"
        kept.mkdir()
        for path in linked.terminologies.iterdir():
            (kept / path.name).write_bytes(path.read_bytes())
        for slug in ("hp", "mondo", "ncit", "snomedct"):
            done = sanctuary("link", "forget", slug, snapshots=tmp_path, terminologies=kept)
            assert done.returncode == 0, done.stderr
        # A build with nothing kept is the one that the session's snapshot comes from.
        assert read_kept(kept) == read_kept(tmp_path / "nowhere") == []
        assert not snapshot.terminologies.exists()
        assert snapshot.manifest["terminologies"] == []


class TestPage:
    def links(self, client: FlaskClient, path: str) -> Iterator[str]:
        for link in page(client, path).all("a"):
            parts = urlsplit(str(link["href"]))
            if parts.path == "/questions/how-a-code-reaches-cases":
                yield parse_qs(parts.query)["code"][0]

    def test_the_codes_of_a_concept_lead_to_their_cases(self, client: FlaskClient) -> None:
        shown = page(client, "/ontology/AcuteMyeloidLeukemia.html").text
        assert f"SNOMEDCT:{AML} Acute myeloid leukemia, disease (disorder) – cases under this code" in shown
        assert "SNOMED CT 20260901" in shown
        assert "Mondo 2026-09-01" in shown
        codes = list(self.links(client, "/ontology/AcuteMyeloidLeukemia.html"))
        theirs = {SNOMED + code for code in (AML, MYELOID, BLOOD, TOP)}
        assert theirs | {"http://purl.obolibrary.org/obo/MONDO_9900001"} <= set(codes)
        assert len(codes) == len(set(codes))
        above = [code for code in codes if code.removeprefix(SNOMED) in (MYELOID, LEUKEMIA, BLOOD, TOP)]
        assert above.index(SNOMED + MYELOID) < above.index(SNOMED + BLOOD) < above.index(SNOMED + TOP)

    def test_the_link_answers(self, client: FlaskClient) -> None:
        shown = page(client, f"/questions/how-a-code-reaches-cases?code={SNOMED}{MYELOID}").text
        assert "11 of 16" in shown

    def test_without_a_release_only_the_mapped_codes(self, snapshot: Snapshot, snapshots: Path) -> None:
        plain = create_app(snapshots).test_client()
        assert "Codes above it" not in page(plain, "/ontology/AcuteMyeloidLeukemia.html").text
        assert SNOMED + AML in list(self.links(plain, "/ontology/AcuteMyeloidLeukemia.html"))
        assert list(self.links(plain, "/case/baek-2021-1.html")) == []

    def test_the_graph_has_a_page(self, client: FlaskClient) -> None:
        assert "SNOMED CT 20260901" in page(client, "/graph/terminology/snomedct.html").text
