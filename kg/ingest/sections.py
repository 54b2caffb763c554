"""What a heading says that its section is about, under one name for the many words that journals print."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_CASE = (
    r"(?:the )?(?:(?:clinical |illustrative )?(?:case|patient)s?|observations?)(?: (?:no\.? ?)?\d{1,2})?|"
    r"(?:clinical )?case (?:reports?|presentations?|descriptions?|history|histories|summary|summaries|series|study|"
    r"studies|details|synopsis)(?: (?:no\.? ?)?\d{1,2})?|(?:presentation|description|report|summary) of (?:the |a )?"
    r"(?:case|patient)s?|patient (?:presentation|information|history|concerns?|characteristics)|"
    r"(?:clinical|history of) (?:presentation|present illness|course|findings)|case reports? and methods|"
    r"diagnos[ei]s|interventions?|outcomes?|follow-?up|diagnostic assessment|therapeutic intervention|"
    r"outcome and follow-?up|treatment|investigations"
)
_WORDS = (
    ("Abstract", r"abstract|summary|synopsis"),
    (
        "Introduction",
        r"introductions?|(?:introduction and )?backgrounds?|objectives?|aims?|purpose|rationale|importance|"
        r"background (?:and|/|&) ?(?:aims?|objectives?|purpose)|introduction and importance",
    ),
    ("Case report", _CASE),
    (
        "Methods",
        r"(?:materials?|patients?|subjects|design|study design|setting)(?: ?(?:and|&|,) ?(?:materials?|methods?|"
        r"setting|design|patients))+|methods?(?: and materials?)?|methodology|study design|design|setting|ethics",
    ),
    ("Results", r"results?|findings|main results|main outcomes?(?: and measures?)?"),
    (
        "Discussion",
        r"(?:clinical )?discussions?|comments?|(?:results?|case(?: report)?) and discussions?|"
        r"discussions? and conclusions?|(?:discussion and )?(?:review of (?:the )?literature|literature reviews?)|"
        r"discussion,? including .+|interpretation",
    ),
    (
        "Conclusion",
        r"conclusions?|concluding remarks|lessons?|learning points?|take[- ]?(?:home|away) (?:messages?|lessons?|"
        r"points?)|conclusions? and relevance|clinical (?:implications?|significance)|key (?:clinical )?messages?",
    ),
    ("References", r"references(?: and notes)?|bibliography|literature(?: cited)?|works cited"),
    ("Acknowledgments", r"acknowledge?ments?"),
    ("Figure captions", r"figure captions?|figure legends?|legends?(?: to figures)?"),
    ("Keywords", r"key ?words?(?: and phrases)?"),
    ("Title", r"title"),
    ("Front matter", r"front matter"),
)
_CLEAR = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _WORDS)
_NUMBER = re.compile(r"\A(?:\d{1,2}(?:\.\d{1,2}){0,4}\.?\)?|[IVX]{1,4}[.)])\s+")
_TABLE = re.compile(r"table \S+(?: notes)?", re.IGNORECASE)
_CLOSED = frozenset({"Abstract", "References", "Acknowledgments", "Figure captions", "Keywords", "Title"})
_OF_PATIENTS = re.compile(r"\b(?:case|patient)", re.IGNORECASE)
_LONGEST = 80
_LABEL = re.compile(r"(?:^|(?<=[.!?)\]]\s))([A-Z][A-Za-z &/,’'-]{2,60}):(?=\s)", re.MULTILINE)


def canonical(heading: str) -> str | None:
    """The name of the section that a heading opens, or ``None`` where the words do not make it clear.

    >>> canonical("3. CASE PRESENTATION:")
    'Case report'
    >>> canonical("Discussion and conclusions")
    'Discussion'
    >>> canonical("A nerve that hid a relapse") is None
    True
    """
    words = printed(heading)
    if not words or len(words) > _LONGEST:
        return None
    if _TABLE.fullmatch(words):
        return "Table"
    return next((name for name, pattern in _CLEAR if pattern.fullmatch(words)), None)


def printed(heading: str) -> str:
    """A heading on one line, without the number before it and the stop or colon after it.

    >>> printed("2.1  Patient 2 .")
    'Patient 2'
    """
    words = " ".join(heading.split())
    return _NUMBER.sub("", words, count=1).rstrip(" :.").strip() or words


def name_of(headings: Sequence[str]) -> str:
    """The name of a section from its headings, the outermost first.

    The innermost clear heading gives the name, since “Patients” below “Methods” tells of patients. Below a discussion
    only a conclusion does so: the cases there are those of others.

    >>> name_of(["Results", "Case 2", "Second relapse"])
    'Case report'
    >>> name_of(["Discussion", "Case reports"])
    'Discussion'
    """
    name: str | None = None
    for heading in headings:
        clear = canonical(heading)
        if clear is None or name in _CLOSED or (name == "Discussion" and clear != "Conclusion"):
            continue
        if clear == "Case report" and name and not _OF_PATIENTS.search(heading):
            continue
        name = clear
    return name or printed(headings[0])


def role_of(name: str, headings: Sequence[str]) -> str | None:
    """What a section speaks of: inside an abstract the part that its label names, elsewhere its canonical name.

    >>> role_of("Abstract", ("Abstract", "Patient concerns"))
    'Case report'
    """
    if name == "Abstract":
        return next((clear for label in reversed(headings[1:]) if (clear := canonical(label))), "Abstract")
    return canonical(name)


def labelled_parts(text: str) -> Iterator[tuple[str | None, int, int]]:
    """Label, start and end of each part of an abstract that prints labels: “BACKGROUND: …”, “Case: …”.

    A label counts at the start of a line or after a sentence, when its words are clear or all capitals. What stands
    before the first one has the label ``None``.
    """
    place, label = 0, None
    for match in _LABEL.finditer(text):
        if not match[1].isupper() and canonical(match[1]) is None:
            continue
        if text[place : match.start()].strip():
            yield label, place, match.start()
            place = match.start()
        label = match[1]
    if text[place:].strip():
        yield label, place, len(text)
