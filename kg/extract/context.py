"""What the words around a name say of it: denied, past, of the family, supposed, of others.

The way of ConText (Harkema et al. 2009): a cue has a category, a direction and a reach, and ends at a word that ends it
or at the end of the sentence. The cues are data, in ``rules/context.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from kg.extract.lexicon import Lexicon, Name
from kg.extract.words import Word

CATEGORIES = ("absent", "historical", "family", "possible", "planned", "others", "excluded")
"""What can be said of a name; ``excluded`` marks words that look like a cue and are none (“no increase”)."""

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Cue:
    """A cue: its category, whether it speaks of what follows, what precedes or both, and how many words it reaches."""

    category: str
    forward: bool
    backward: bool
    reach: int


class Context:
    """The cues, and what they say of the names in a sentence."""

    def __init__(self, rules: Mapping[str, Any]) -> None:
        """Take the rules of ``rules/context.yaml``: ``cues`` by category and direction, and ``ends``.

        Cues count in any number and spelling, those marked ``printed`` as printed: “cases of”, not “a case of”.
        """
        self._cues: dict[str, Cue] = {}
        self._lexicon = Lexicon()
        for number, rule in enumerate(rules["cues"]):
            way = rule.get("way", "forward")
            cue = Cue(rule["says"], way in ("forward", "both"), way in ("backward", "both"), int(rule.get("reach", 12)))
            for word in rule["words"]:
                name = f"{number}"
                self._cues[name] = cue
                if rule.get("printed"):
                    for form in (str(word), str(word).capitalize()):
                        self._lexicon.add(form, name, "cues", exact=True)
                else:
                    self._lexicon.add(str(word), name, "cues", exact=False)
        for word in rules["ends"]:
            self._lexicon.add(str(word), "end", "ends", exact=False)

    def said(self, sentence: Sequence[Word], names: Iterable[Name]) -> list[frozenset[str]]:
        """What is said of each name; the names count their words within the sentence."""
        found = self._lexicon.find(sentence, ("cues", "ends"))
        cues = [one for one in found if one.scheme == "cues" and self._cues[one.concept].category != "excluded"]
        if not cues:
            return [_NOTHING for _ in names]
        ends = [one.first for one in found if one.scheme == "ends"]
        counted = list(accumulate(word.text != "," for word in sentence))
        return [frozenset(self._categories(name, cues, ends, counted)) for name in names]

    def _categories(
        self, name: Name, cues: Sequence[Name], ends: Sequence[int], counted: Sequence[int]
    ) -> Iterable[str]:
        """What the cues say of a name; ``counted`` numbers the words, of which the commas of a list are none."""
        for found in cues:
            cue = self._cues[found.concept]
            if found.first <= name.first and found.last >= name.last:
                continue
            if cue.forward and found.last <= name.first and counted[name.first] - counted[found.last] <= cue.reach:
                between = range(found.last + 1, name.first)
            elif cue.backward and name.last <= found.first and counted[found.first] - counted[name.last] <= cue.reach:
                between = range(name.last + 1, found.first)
            else:
                continue
            if not any(end in between for end in ends):
                yield cue.category
