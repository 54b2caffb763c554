"""A row of a table that tells of the paper's own patient, merged into the case that the text tells of them.

The text comes first: a row adds places to what the text says too, and says what the text leaves open. Where the two
contradict each other in who the patient is, nothing is merged.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from kg.ingest.drafts import Data, unused
from kg.vocabulary import Vocabulary

_LISTS = ("findings", "investigations", "treatments", "outcomes")
_NOTHING = (None, "", "NotReported")


def pair(cases: Sequence[Data], rows: Sequence[Data]) -> tuple[list[tuple[Data, Data]], list[Data]]:
    """Which row tells of which case: the one that fits in age and sex; and the rows that fit none."""
    pairs: list[tuple[Data, Data]] = []
    left = list(cases)
    over: list[Data] = []
    for row in rows:
        fitting = [case for case in left if _fits(case["patient"], row["patient"])]
        sure = [case for case in fitting if _age(case["patient"]) is not None and _age(row["patient"]) is not None]
        chosen = sure if len(sure) == 1 else fitting
        if len(chosen) == 1:
            pairs.append((chosen[0], row))
            left = [case for case in left if case is not chosen[0]]
        else:
            over.append(row)
    return pairs, over


def _fits(one: Data, other: Data) -> bool:
    sexes = {part["sex"] for part in (one, other) if part.get("sex")}
    ages = [age for part in (one, other) if (age := _age(part)) is not None]
    return len(sexes) < 2 and (len(ages) < 2 or abs(ages[0] - ages[1]) < 1)


def _age(patient: Data) -> Decimal | None:
    age = patient.get("age") or {}
    return Decimal(age["years"]) if "years" in age else None


class Merger:
    """Merges rows into cases; knows what is a kind of what."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def merge(self, case: Data, row: Data) -> None:
        """Add what a row says to the case of the same patient."""
        _fill(case["patient"], row["patient"], ("sex", "age"))
        names: dict[str, str] = {}
        taken = {one["id"] for part in case.values() if isinstance(part, list) for one in part if "id" in one}
        for diagnosis in row["diagnoses"]:
            same = next((one for one in case["diagnoses"] if self._alike(one, diagnosis, "leukemia")), None)
            if same is not None:
                _fill(same, diagnosis, ("age", "date"))
        reported = reported_episode(case)
        for key in ("investigations", "findings", "treatments", "outcomes"):
            for one in row.get(key, ()):
                self._add(case, key, one, names, taken, reported)
        for episode in row.get("episodes", ()):
            self._episode(case, episode, names, reported)

    def _add(
        self, case: Data, key: str, one: Data, names: dict[str, str], taken: set[str], reported: Data | None
    ) -> None:
        """Add a statement, or its places to the one that says the same."""
        known = case.get(key, [])
        same = next((other for other in known if self._says(other, one, key)), None)
        if same is not None:
            _fill(same, one, ("result", "vital_status", "cause"))
            if "id" in one and "id" in same:
                names[one["id"]] = same["id"]
            return
        if one.get("result") == "NotReported" or one.get("status") == "NotReported":
            return  # that a table leaves a cell empty says nothing of what the text may tell elsewhere
        new = {name: value for name, value in one.items() if name not in ("episode", "shown_by")}
        if "id" in new:
            new["id"] = names[one["id"]] = unused(one["id"], taken)
            taken.add(new["id"])
        if shown := [names[name] for name in one.get("shown_by", ()) if name in names]:
            new["shown_by"] = shown
        if reported is not None and key in ("findings", "investigations"):
            new["episode"] = reported["id"]
        case.setdefault(key, []).append(_evidence_last(new))

    def _says(self, one: Data, other: Data, key: str) -> bool:
        if key == "investigations":
            results = {part["result"] for part in (one, other)} - {"NotReported"}
            return len(results) < 2 and self._alike(one, other, "modality")
        if key == "findings":
            return one["status"] == other["status"] and self._alike(one, other, "finding")
        if key == "treatments":
            agents: Collection[str] = set(one.get("agents", ())) & set(other.get("agents", ()))
            return bool(agents) or (self._alike(one, other, "treatment") and not other.get("agents"))
        states = {part["vital_status"] for part in (one, other)} - {"NotReported"}
        return len(states) < 2

    def _alike(self, one: Data, other: Data, key: str) -> bool:
        a, b = one[key], other[key]
        return bool(a == b or a in self._vocabulary.ancestors(b) or b in self._vocabulary.ancestors(a))

    def _episode(self, case: Data, row: Data, names: dict[str, str], reported: Data | None) -> None:
        """Fill the reported episode; where the text makes none, that of the row is the case's."""
        proofs = [names[name] for name in row.get("confirmed_by", ()) if name in names]
        if reported is None:
            new = {key: value for key, value in row.items() if key != "confirmed_by"}
            new |= {"of": case["diagnoses"][0]["id"], "order": 1} | ({"confirmed_by": proofs} if proofs else {})
            case.setdefault("episodes", []).append(_evidence_last(new))
            return
        _fill(reported, row, ("onset", "marrow", "csf", "extent", "sites", "remission"))
        told = reported.get("confirmed_by", [])
        if more := [proof for proof in proofs if proof not in told]:
            reported["confirmed_by"] = [*told, *more]
        if reported.get("confirmed_by") and reported.get("certainty") == "Probable" and not told:
            del reported["certainty"]
        evidence = reported.pop("evidence")
        reported["evidence"] = evidence


def reported_episode(case: Data) -> Data | None:
    """The episode that a report is about: the first that is not the leukemia before it."""
    episodes = case.get("episodes", ())
    return next((one for one in episodes if one["id"] != "initial-leukemia"), None)


def _fill(known: Data, row: Data, keys: Sequence[str]) -> None:
    """Say what is open as the row says it, and add the row's places unless it says something else."""
    differs = False
    for key in keys:
        value: Any = row.get(key)
        if value in _NOTHING or value == []:
            continue
        if known.get(key) in _NOTHING or known.get(key) == []:
            known[key] = value
        elif known[key] != value and key not in ("sites", "extent", "remission"):
            differs = True
    if not differs:
        evidence = known.pop("evidence")
        known["evidence"] = [*evidence, *(one for one in row["evidence"] if one not in evidence)]
        if "confidence" in known:
            known["confidence"] = min(known["confidence"], row.get("confidence", known["confidence"]))


def _evidence_last(statement: Data) -> Data:
    return {key: value for key, value in statement.items() if key != "evidence"} | {"evidence": statement["evidence"]}
