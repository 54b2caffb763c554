"""How to loosen a question whose answer is empty: which parameter to leave out, which broader concept to take.

Nothing is guessed: each proposal was asked, and says what comes of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from kg.errors import QueryError
from kg.questions import Answer, Parameter
from kg.questions.question import expanded
from server.mcp_graph import Asking

TRIES = 12
"""So many other questions are asked at most."""


def ways_to_loosen(asking: Asking, answer: Answer, given: dict[str, str]) -> list[str]:
    """Sentences that each name a change after which there are rows, and how many; or that there is none.

    Args:
        asking: the call, whose time limits how much is tried.
        answer: the empty answer.
        given: the parameters as they were sent.
    """
    sent = {name: text for name, text in given.items() if text.strip()}
    tries = _Tries(asking, answer)
    found: list[str] = []
    for name in sent:
        parameter = answer.question.parameter(name)
        if parameter is not None:
            found += _broader(tries, parameter, sent)
            found += _left_out(tries, name, sent)
    if not found and len(sent) > 1 and (rows := tries.outcome({})):
        found.append(f"No single change helps; without any parameter the answer has {rows}.")
    if found:
        return found
    if tries.cut:
        return ["There was no time to try what would help. Take a broader value, or leave a parameter out."]
    if not sent:
        return ["The graph holds no case of this kind. That no paper here tells of it does not mean it is absent."]
    return ["No broader value and no parameter less gives rows. Call search_questions for a question that asks wider."]


class _Tries:
    """Other ways to ask the same question, as many as there are tries and time for."""

    def __init__(self, asking: Asking, answer: Answer) -> None:
        self.asking, self.answer = asking, answer
        self.left = TRIES
        self.cut = False

    def outcome(self, given: dict[str, str]) -> str:
        """What the answer would have, in words; empty if nothing, or if it was not tried."""
        if self.left == 0 or not self.asking.has_time:
            self.cut = True
            return ""
        self.left -= 1
        try:
            answer = self.asking.ask(self.answer.question, given)
        except QueryError:
            self.cut = True
            return ""
        if answer.is_empty:
            return ""
        rows = f"{len(answer.rows)} row{'' if len(answer.rows) == 1 else 's'}"
        return rows if answer.n is None else f"{rows} from {answer.n} case{'' if answer.n == 1 else 's'}"


def _broader(tries: _Tries, parameter: Parameter, sent: dict[str, str]) -> Iterator[str]:
    """The nearest broader concept with which there are rows."""
    term = tries.answer.values[parameter.name]
    if parameter.kind != "concept" or not isinstance(term, NamedNode):
        return
    for name, label, iri in _above(tries, term):
        # To take the default is to leave the parameter out, which is tried as well.
        if iri != expanded(parameter.default or "") and (outcome := tries.outcome({**sent, parameter.name: iri})):
            yield f"With {parameter.name}={name} ({label}), which is broader, the answer has {outcome}."
            return


def _above(tries: _Tries, concept: NamedNode) -> Iterator[tuple[str, str, str]]:
    """Name, label and IRI of the broader concepts, the nearest first."""
    seen, level = {concept.value}, [concept]
    while level and tries.left and tries.asking.has_time:
        listed = " ".join(map(str, level))
        query = f"SELECT DISTINCT ?iri ?label {{ VALUES ?one {{ {listed} }} ?one skos:broader ?iri . "
        query += "?iri skos:prefLabel ?label } ORDER BY ?iri"
        level = []
        for iri, label in tries.asking.table(query).rows:
            if isinstance(iri, NamedNode) and isinstance(label, Literal) and iri.value not in seen:
                seen.add(iri.value)
                level.append(iri)
                yield iri.value.rpartition("/")[2], label.value, iri.value


def _left_out(tries: _Tries, name: str, sent: dict[str, str]) -> Iterator[str]:
    others = {other: text for other, text in sent.items() if other != name}
    if outcome := tries.outcome(others):
        yield f"Without {name}, the answer has {outcome}."
