"""Entries of a BibTeX file, with LaTeX turned into letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pybtex import errors
from pybtex.database import BibliographyDataError
from pybtex.database import Entry as Parsed
from pybtex.database import Person as Name
from pybtex.database.input.bibtex import Parser, UndefinedMacro
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from kg.ingest.drafts import Note, NoteKind
from kg.ingest.reference_facts import Entry, Person

START = re.compile(r"^[ \t]*@[ \t]*([A-Za-z]+)[ \t]*[{(]", re.MULTILINE)
"""The start of an entry, as files have it: at the start of a line."""

_WRITTEN_OUT = {"textbackslash": "\\", "textdollar": "$", "textasciicircum": "^", "textasciitilde": "~"}
_BRACES = {"textbraceleft": "\ue000", "textbraceright": "\ue001"}
_STYLE = re.compile(r"\\(?:emph|text(?:it|bf|sc|rm|tt|up|sf)|mathrm|mathit)\s*(?=\{)")


def bibtex_entries(text: str) -> Iterator[Entry | Note]:
    """The entries of a BibTeX file (Patashnik, BibTeXing), each an entry or the note why it cannot be read.

    A file with an error is read entry by entry, so that a brace that is not closed does not swallow the rest.
    """
    parser, problems = _parsed([(1, text)])
    if problems:
        starts = [match.start() for match in START.finditer(text)]
        pieces = [(text.count("\n", 0, a) + 1, text[a:b]) for a, b in pairwise([*starts, len(text)])]
        parser, problems = _parsed(pieces)
    yield from problems
    for key, parsed in parser.data.entries.items():
        if parsed.fields or parsed.persons:
            yield _entry(str(key), parsed)


def _parsed(pieces: list[tuple[int, str]]) -> tuple[Parser, list[Note]]:
    parser = Parser()
    problems: list[Note] = []
    for line, piece in pieces:
        before = set(parser.data.entries)
        with errors.capture() as captured:
            parser.parse_string(piece)
        for error in captured:
            at = line + (getattr(error, "lineno", None) or 1) - 1
            what = re.sub(r"^syntax error in line \d+: | in line \d+", "", str(error))
            note = f"this is not BibTeX: {what}. Correct the entry."
            if isinstance(error, UndefinedMacro):
                note = f"{what}. Define it with @string, or write the words in braces."
            if isinstance(error, BibliographyDataError):
                note = f"{what}. Rename or remove one; the first is taken."
            problems.append(Note(f"line {at}", NoteKind.PROBLEM, note))
        if any(not isinstance(error, BibliographyDataError | UndefinedMacro) for error in captured):
            # What comes before the error may be half an entry.
            for key in set(parser.data.entries) - before:
                del parser.data.entries[key]
    return parser, problems


def _entry(key: str, parsed: Parsed) -> Entry:
    fields = {name.lower(): str(value) for name, value in parsed.fields.items()}
    words = {name: latex_words(value) for name, value in fields.items()}
    names = list(parsed.persons.get("author", ()))
    more = bool(names) and str(names[-1]) == "others"
    kind = words.get("eprinttype", words.get("archiveprefix", "")).lower()
    pages = words.get("pages", "")
    return Entry(
        place=f"entry {key}",
        title=words.get("title", ""),
        authors=tuple(_person(name) for name in (names[:-1] if more else names)),
        et_al=more,
        journal=words.get("shortjournal") or words.get("journal") or words.get("journaltitle", ""),
        issns=tuple(filter(None, (words.get("issn", ""), *_said(words, "eissn", "(electronic)")))),
        date=words.get("year") or words.get("date", ""),
        volume=words.get("volume", ""),
        issue=words.get("number") or words.get("issue", ""),
        pages=pages,
        number=words.get("eid") or words.get("article-number", ""),
        doi=_bare(fields.get("doi", "")),
        pmid=words.get("pmid") or (words.get("eprint", "") if kind == "pubmed" else ""),
        pmcid=words.get("pmcid") or words.get("pmc", ""),
        licence=fields.get("license") or fields.get("copyright", ""),
    )


def _said(words: dict[str, str], name: str, kind: str) -> tuple[str, ...]:
    return (f"{words[name]} {kind}",) if name in words else ()


def _bare(doi: str) -> str:
    """A DOI as it is; some programs write its “_” and other marks with a backslash before."""
    return re.sub(r"\\([_%#&{}$])", r"\1", doi).strip("{}")


def _person(name: Name) -> Person:
    first, prelast, last, lineage = (
        " ".join(latex_words(part) for part in parts)
        for parts in (
            [*name.first_names, *name.middle_names],
            name.prelast_names,
            name.last_names,
            name.lineage_names,
        )
    )
    whole = len(name.last_names) == 1 and name.last_names[0].startswith("{") and not (first or prelast or lineage)
    return Person(literal=last) if whole else Person(last, first, prelast, lineage)


def latex_words(value: str) -> str:
    r"""LaTeX as plain letters; what is not understood stays as written.

    >>> latex_words(r"{\"O}dema in {CD4}$^{+}$ \emph{T} cells \& {\textdollar}1")
    'Ödema in CD4+ T cells & $1'
    """
    text = _STYLE.sub("", value).replace(r"\{", "\ue000").replace(r"\}", "\ue001")
    text = re.sub(r"\$[_^]\{?([^${}]*)\}?\$", r"\1", text)
    for name, letter in {**_BRACES, **_WRITTEN_OUT}.items():
        held = letter if letter in "\ue000\ue001" else chr(0xE002 + list(_WRITTEN_OUT).index(name))
        text = re.sub(rf"\{{?\\{name}(?![A-Za-z])(?:\{{\}})?[ ]?\}}?", held, text)
    try:
        text = str(Text.from_latex(text))
    except PybtexError:
        text = text.replace("{", "").replace("}", "")
    for index, letter in enumerate(_WRITTEN_OUT.values()):
        text = text.replace(chr(0xE002 + index), letter)
    return " ".join(text.replace("\ue000", "{").replace("\ue001", "}").replace("\u00a0", " ").split())
