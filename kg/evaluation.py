"""How well extraction reads: what it found in texts held against what a person read in them, field by field.

The gold is JSON lines, one text a line::

    {"id": "…", "text": "…", "cases": [{"age_years": 8, "sex": "Male", "leukemia": ["BPrecursorALL"], "relapse": true,
      "in_remission": true, "isolated": true, "marrow": "NotInvolved", "csf": null, "sites": ["Ilium"],
      "findings": {"present": ["BonePain"], "absent": ["Fever"]}, "modalities": [], "treatments": [],
      "markers": {"positive": [], "negative": []}, "differentials": [], "outcome": null}]}

The rules of matching:

- A patient in whom extraction finds no leukemia becomes no case, as in a draft record, and is left out.
- Patients of a text are paired by age and sex, then by order. One that is only on one side counts all its values as
  missed or as too much.
- A single value is right if it is equal; an age if it differs by less than half a year, or by a tenth below two years.
  A case in which the gold says nothing is not scored, but for age and sex, where saying nothing is then right.
- A leukemia is right if it is the same concept, or one of the two is broader than the other and both are in one group
  of leukemias.
- Of lists, a concept is right if it is in the gold, or is narrower than one of the gold, or broader within its group. A
  concept that is only broader than one of the gold counts neither way, nor does one of the gold that stands there
  beside a narrower one. Each concept of the gold is found once.
- A text whose cases are none, or none a relapse, is a decoy: a case with relapse true from it is counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from kg.errors import SourceTextError
from kg.vocabulary import Vocabulary

Json = Mapping[str, Any]
Names = list[str]


class _Findings(BaseModel):
    present: Names = []
    absent: Names = []


class _Markers(BaseModel):
    positive: Names = []
    negative: Names = []


class GoldCase(BaseModel):
    """What a person read of one patient; keys that are not scored may stand beside these."""

    age_years: float | None = None
    sex: str | None = None
    leukemia: Names = []
    relapse: bool | None = None
    in_remission: bool | None = None
    isolated: bool | None = None
    marrow: str | None = None
    csf: str | None = None
    sites: Names = []
    findings: _Findings = _Findings()
    modalities: Names = []
    treatments: Names = []
    markers: _Markers = _Markers()
    differentials: Names = []
    outcome: str | None = None


class Gold(BaseModel):
    """A line of the gold."""

    id: str
    text: str
    cases: list[GoldCase]


def read_gold(line: str) -> Json:
    """A line of the gold, checked.

    Raises:
        SourceTextError: it is not JSON, or a value is not of its kind; in words, without the file.
    """
    try:
        return Gold.model_validate_json(line).model_dump()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        at = f" at {place}" if place else ""
        raise SourceTextError(f"{first['msg']}{at}. Each line has id, text and cases; see kg.evaluation.") from error


SINGLE = ("age", "sex", "leukemia", "relapse", "in_remission", "isolated", "marrow", "csf", "outcome")
SEVERAL = ("sites", "findings", "absent findings", "modalities", "treatments", "markers", "differentials")
_ALWAYS = ("age", "sex")


@dataclass
class Score:
    """Counts of one field: ``right``, ``missed`` (in the gold alone) and ``extra`` (found alone)."""

    right: int = 0
    missed: int = 0
    extra: int = 0
    cases: int = 0
    cases_right: int = 0

    @property
    def precision(self) -> float | None:
        """Share of what was found that is right."""
        return self.right / (self.right + self.extra) if self.right + self.extra else None

    @property
    def recall(self) -> float | None:
        """Share of the gold that was found."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        whole = 2 * self.right + self.extra + self.missed
        return 2 * self.right / whole if whole else None

    @property
    def accuracy(self) -> float | None:
        """Share of the scored cases in which a single value is right."""
        return self.cases_right / self.cases if self.cases else None


@dataclass(frozen=True)
class Mistake:
    """One thing that was missed or found too much."""

    text: str
    field: str
    missed: str = ""
    extra: str = ""


@dataclass
class Evaluation:
    """Scores by field, the mistakes, and the decoys from which a relapse case was made."""

    scores: dict[str, Score] = field(default_factory=lambda: {name: Score() for name in (*SINGLE, *SEVERAL)})
    mistakes: list[Mistake] = field(default_factory=list)
    texts: int = 0
    decoys: int = 0
    deceived: list[str] = field(default_factory=list)


def evaluate(pairs: Iterable[tuple[Json, Sequence[Json]]], vocabulary: Vocabulary) -> Evaluation:
    """The evaluation of texts.

    Args:
        pairs: each gold line with the cases that extraction found, as `kg.draft.summary` gives them.
        vocabulary: knows what is broader than what, and which group a concept is in.
    """
    matching = Matching(vocabulary)
    evaluation = Evaluation()
    for gold, found in pairs:
        evaluation.texts += 1
        cases = gold["cases"]
        if not any(case.get("relapse") for case in cases):
            evaluation.decoys += 1
            if any(case.get("relapse") == "true" for case in found):
                evaluation.deceived.append(gold["id"])
        for wanted, got in paired(cases, found):
            _score(evaluation, gold["id"], wanted, got, matching)
    return evaluation


def paired(gold: Sequence[Json], found: Sequence[Json]) -> Iterator[tuple[Json | None, Json | None]]:
    """Cases of the gold with those found: by age and sex where they agree, the rest in order."""
    left = list(found)
    waiting = []
    for case in gold:
        same = [one for one in left if _age(case) is not None and _age(case) == _age(one) and _sex(case) == _sex(one)]
        if same:
            left.remove(same[0])
            yield case, same[0]
        else:
            waiting.append(case)
    for case in waiting:
        yield case, left.pop(0) if left else None
    for one in left:
        yield None, one


def _age(case: Json) -> float | None:
    value = case.get("age_years", case.get("age"))
    return None if value in (None, "") else float(value)


def _sex(case: Json) -> object:
    return case.get("sex")


class Matching:
    """Which concept counts for which."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._ancestors = {name: frozenset(vocabulary.ancestors(name)) for name in vocabulary.concepts}
        self._groups = vocabulary.groups

    def same(self, wanted: str, got: str) -> bool:
        """Whether a concept found counts for one of the gold."""
        above = self._ancestors.get(got, frozenset({got}))
        if wanted in above:
            return True
        broader = got in self._ancestors.get(wanted, ())
        return broader and any(group in above for group in self._groups)

    def neutral(self, wanted: Iterable[str], got: str) -> bool:
        """Whether a concept found is only broader than one of the gold."""
        return any(got in self._ancestors.get(one, ()) for one in wanted)

    def narrowest(self, names: Sequence[str]) -> list[str]:
        """The concepts that have no narrower one beside them."""
        above = {broader for name in names for broader in self._ancestors.get(name, ()) if broader != name}
        return [name for name in names if name not in above]


def _score(evaluation: Evaluation, text: str, gold: Json | None, found: Json | None, matching: Matching) -> None:
    wanted, got = values(gold or {}), values(found or {})
    for name in SINGLE:
        if gold is None and name not in _ALWAYS:
            continue
        right, said = wanted[name], got[name]
        if not right and name not in _ALWAYS:
            continue
        score = evaluation.scores[name]
        score.cases += 1
        if _equal(name, right, said, matching):
            score.cases_right += 1
            score.right += bool(right)
            continue
        score.missed += bool(right)
        score.extra += bool(said)
        evaluation.mistakes.append(Mistake(text, name, ", ".join(right), ", ".join(said)))
    for name in SEVERAL:
        _compare(evaluation, text, name, wanted[name], got[name], matching)


def _compare(
    evaluation: Evaluation, text: str, name: str, wanted: Sequence[str], got: Sequence[str], matching: Matching
) -> None:
    score = evaluation.scores[name]
    wanted = matching.narrowest(wanted)
    left = list(wanted)
    for one in got:
        hits = [other for other in left if matching.same(other, one)]
        if hits:
            left.remove(one if one in hits else hits[0])
            score.right += 1
        elif not any(matching.same(other, one) for other in wanted) and not matching.neutral(wanted, one):
            score.extra += 1
            evaluation.mistakes.append(Mistake(text, name, extra=one))
    score.missed += len(left)
    evaluation.mistakes.extend(Mistake(text, name, missed=one) for one in left)


def _equal(name: str, right: Sequence[str], said: Sequence[str], matching: Matching) -> bool:
    if not right or not said:
        return not right and not said
    if name == "age":
        wanted, got = float(right[0]), float(said[0])
        return abs(wanted - got) < (0.1 if wanted < 2 else 0.5)
    if name == "leukemia":
        return any(matching.same(one, said[0]) for one in right)
    return right[0] == said[0]


def values(case: Json) -> dict[str, list[str]]:
    """The values of a case by field, as texts, from the gold or from what was found."""
    findings, markers = case.get("findings") or {}, case.get("markers") or {}
    if isinstance(markers, Mapping):
        markers = [*markers.get("positive", ()), *markers.get("negative", ())]
    several = {
        "sites": case.get("sites") or [],
        "findings": [*findings.get("present", ()), *findings.get("Present", ())],
        "absent findings": [*findings.get("absent", ()), *findings.get("Absent", ())],
        "modalities": case.get("modalities") or [],
        "treatments": case.get("treatments") or [],
        "markers": markers,
        "differentials": case.get("differentials") or [],
    }
    single = {name: case.get(name) for name in SINGLE} | {"age": case.get("age_years", case.get("age"))}
    return {name: _texts(value) for name, value in (single | several).items()}


def _texts(value: object) -> list[str]:
    if value is None or value in ("", "NotReported"):
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    several = value if isinstance(value, list | tuple) else [value]
    return list(dict.fromkeys(str(one) for one in several))
