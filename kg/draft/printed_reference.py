"""What an entry of a printed list of references states: authors, title, journal, year, volume and pages.

Three hands are read: “Baek SJ, Lee JW. Title. Journal 2021; 74: 65-9”, “Baek SJ, Lee JW (2021) Title. Journal 74:65-69”
and “S. J. Baek and J. W. Lee, “Title,” Journal, vol. 74, pp. 65–69, 2021”. What fits none is not taken apart: a title
that is half a journal is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.ingest.drafts import Data

_YEAR = r"(?P<year>(?:18|19|20)\d\d)[a-z]?"
_PAGES = r"(?P<pages>[A-Za-z]{0,3}\d+(?:\s*[-–—]\s*[A-Za-z]{0,3}\d+)?)"
_VOLUME = r"(?P<volume>[A-Z]{0,2}\d{1,5}(?:-\d+)?)\s*(?:\((?P<issue>[^()]{1,24})\))?"
_MONTH = r"(?:\s+[A-Z][a-z]{2}[a-z]{0,6}(?:[-/ ][A-Z]?[a-z]*)?(?:\s+\d{1,2})?)?"
_PLACE = rf"\s*(?:{_VOLUME})?\s*(?:[:,]\s*(?:pp?\.\s*)?{_PAGES})?"

_LAST = re.compile(rf"(?:[.,;]\s*|\s+){_YEAR}{_MONTH}\s*[;:,.]?{_PLACE}(?=[\s.;,]|$)")
"""“ J Intern Med 1992; 232: 193-4”, from behind the journal on."""
_AFTER = re.compile(rf"[,.]?\s+{_VOLUME}\s*[:,]\s*(?:pp?\.\s*)?{_PAGES}")
_BEFORE = re.compile(rf"\s*[.,]?\s*\({_YEAR}\)[.:,]?\s+")
_QUOTED = re.compile(
    rf"(?P<people>.{{3,600}}?),\s*[“\"](?P<title>[^”\"]{{8,400}}?)[,.]?[”\"],?\s*(?P<journal>[^,]{{2,100}}),"
    rf"(?:\s*vol\.\s*(?P<volume>[\w-]+),)?(?:\s*no\.\s*(?P<issue>[\w-]+),)?"
    rf"(?:\s*(?:pp?\.\s*{_PAGES}|article(?: id)?\s*\w+),)?(?:\s*\d+ pages,)?\s*{_YEAR}",
    re.IGNORECASE,
)
_FAMILY = r"[^\W\d_][\w'’`´-]*"
_PERSON = re.compile(rf"(?:{_FAMILY}\s+){{1,4}}[A-Z][A-Z.\s-]{{0,6}}(?:\s+(?:Jr|Sr|II|III|IV|[23][nr]d)\.?)?")
_FAMILY_FIRST = re.compile(r"(.+?)\s+([A-Z][A-Z.\s-]*)((?:\s+\S+)?)")
_COMMA = re.compile(rf"(?P<family>(?:{_FAMILY}\s?){{1,4}}),\s*(?P<given>(?:[A-Z](?:\.|(?![\w'])) ?-?){{1,4}})")
_GIVEN_FIRST = re.compile(rf"(?P<given>(?:[A-Z]\.[\s-]*){{1,4}})(?P<family>(?:{_FAMILY}\s?){{1,4}})")
_ET_AL = re.compile(r"[,\s]*(?:\bet\s+al\b\.?|\band others\b)[,.\s]*$", re.IGNORECASE)
_SMALL = frozenset({"of", "and", "the", "in", "for", "de", "et", "der", "für", "&", "on", "la", "du"})
_DOTTED = re.compile(r"[A-Z][A-Za-z]{0,7}\.")
_MOST_AUTHORS = 30
_LONGEST = 1500


def printed_facts(text: str) -> Data | None:
    """The facts of an entry under their names in the bibliography; ``None`` where authors, title or year are unclear.

    >>> facts = printed_facts("Harris W. A case of leukemic polyneuritis. *Lancet* 1921; 197: 122.")
    >>> facts["title"], facts["journal"], facts["year"], facts["pages"]
    ('A case of leukemic polyneuritis', {'title': 'Lancet'}, 1921, '122')
    """
    words = " ".join(text[:_LONGEST].replace("*", "").split())
    for read in (_quoted, _year_first, _year_last):
        facts = read(words)
        if facts is not None:
            return facts
    return None


def _quoted(text: str) -> Data | None:
    match = _QUOTED.match(text)
    people = _people(match["people"]) if match else None
    if match is None or people is None:
        return None
    return _facts(people, match["title"], match["journal"], match)


def _year_first(text: str) -> Data | None:
    match = _BEFORE.search(text)
    people = _people(text[: match.start()]) if match else None
    if match is None or people is None:
        return None
    rest = text[match.end() :]
    place = _AFTER.search(rest)
    if place is None:
        return None
    title, journal = _parted(rest[: place.start()])
    return _facts(people, title, journal, match, place)


def _year_last(text: str) -> Data | None:
    end = re.search(r"(?<=[A-Za-z])\.\s+(?=[\w“\"'‘¿])", text)
    while end is not None and _people(text[: end.start()]) is None:
        following = re.compile(r"(?<=[A-Za-z])\.\s+(?=[\w“\"'‘¿])").search(text, end.end())
        end = following if following and following.start() < 600 else None
    people = _people(text[: end.start()]) if end else None
    if end is None or people is None:
        return None
    rest = text[end.end() :]
    for place in _LAST.finditer(rest):
        title, journal = _parted(rest[: place.start()])
        if title and journal:
            return _facts(people, title, journal, place)
    return None


def _parted(text: str) -> tuple[str, str]:
    """Title and journal: the journal is what stands behind the last sentence, with its dotted short words."""
    words = text.rstrip(" .,").split()
    cut = len(words)
    while cut and (words[cut - 1][:1].isupper() or words[cut - 1] in _SMALL or words[cut - 1][:1] in "(&"):
        cut -= 1
    ends = [place for place in range(max(cut, 1), len(words)) if words[place - 1][-1] in ".?!"]
    if not ends or len(words) - ends[-1] > 10:
        return "", ""
    first = ends[-1]
    for place in reversed(ends[:-1]):
        if not all(_DOTTED.fullmatch(word) or word in _SMALL for word in words[place:first]):
            break
        first = place
    # “Int. J. Hematol.”: the dotted word behind which the cut would fall belongs to the journal.
    while first > 1 and len(ends) > 1 and _DOTTED.fullmatch(words[first - 1]) and words[first - 2][-1] in ".?!":
        first -= 1
    title = " ".join(words[:first]).rstrip(" .")
    return (title, " ".join(words[first:]).strip(" .,")) if len(title.split()) > 1 else ("", "")


def _people(text: str) -> tuple[list[str], bool] | None:
    """The authors of a list, and whether “et al.” follows; ``None`` if the text is no list of persons."""
    plain = _ET_AL.sub("", text.strip(" .,:"))
    et_al = plain != text.strip(" .,:")
    plain = re.sub(r"(?:,\s*|\s+)(?:and|&)\s+", ", ", plain)
    names = _by_comma(plain) or _given_first(plain) or _short(plain)
    return (names[:_MOST_AUTHORS], et_al or len(names) > _MOST_AUTHORS) if names else None


def _short(text: str) -> list[str] | None:
    """“Baek SJ, van Asseldonk J.T.”."""
    parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    if not parts or not all(_PERSON.fullmatch(part) for part in parts):
        return None
    named = [match for part in parts if (match := _FAMILY_FIRST.fullmatch(part))]
    return [_shown(*match.groups()) for match in named] if len(named) == len(parts) else None


def _by_comma(text: str) -> list[str] | None:
    """“Baek, S. J., Lee, J. W.”."""
    found = list(_COMMA.finditer(text))
    rest = _COMMA.sub("", text)
    if not found or rest.strip(" ,.;&"):
        return None
    return [_shown(match["family"], match["given"]) for match in found]


def _given_first(text: str) -> list[str] | None:
    """“S. J. Baek, J. W. Lee”."""
    parts = [_GIVEN_FIRST.fullmatch(part.strip()) for part in re.split(r"[,;]", text) if part.strip()]
    if not parts or None in parts:
        return None
    return [_shown(match["family"], match["given"]) for match in parts if match]


def _shown(family: str, given: str, suffix: str = "") -> str:
    return " ".join(f"{family} {re.sub(r'[^A-Z]', '', given)} {suffix}".split())


def _facts(people: tuple[list[str], bool], title: str, journal: str, *matches: re.Match[str]) -> Data | None:
    said = {key: value for match in matches for key, value in match.groupdict().items() if value}
    title, journal = title.strip(" .,"), journal.strip(" .,")
    if len(title) < 8 or not journal or not said.get("year"):
        return None
    facts: Data = {"title": title, "authors": [{"name": name} for name in people[0]]}
    facts |= {"et_al": True} if people[1] else {}
    facts |= {"journal": {"title": journal}, "year": int(said["year"])}
    for key in ("volume", "issue", "pages"):
        if key in said:
            facts[key] = re.sub(r"\s*[-–—]\s*", "-", said[key]).strip()
    pages = facts.get("pages", "")
    if re.fullmatch(r"[A-Za-z]+\d+|\d{5,}", pages):  # no journal has so many pages
        facts["article_number"] = facts.pop("pages")
    return facts


def surname(facts: Data) -> str:
    """The surname of the first author of an entry.

    >>> surname({"authors": [{"name": "van Asseldonk JT"}]})
    'van Asseldonk'
    """
    words: Sequence[str] = str(facts["authors"][0]["name"]).split()
    while len(words) > 1 and (words[-1].isupper() or words[-1].rstrip(".") in ("Jr", "Sr")):
        words = words[:-1]
    return " ".join(words)
