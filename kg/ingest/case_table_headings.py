"""What the heading of a column says that the column holds: the words that reviews print, and the field they mean."""

from __future__ import annotations

import re

from kg.ingest.case_table_map import Column, Lookup

_OF = r"(?:relapse|recurrence|involvement|disease|lesions?|tumou?r|infiltration|emd|emr|ms|sarcoma)"
_HEADINGS: tuple[tuple[Column, str], ...] = (
    ("reference", r"(?:first )?authors?(?:(?: and| &)? year| year)?|stud(?:y|ies)|references?|refs?|citation|"
     r"publication|paper|source|reported by|(?:pmid|doi)|authors? ref(?:erence)?s?|case report"),
    ("reference.year", r"(?:publication )?year(?: of publication)?|yr|published"),
    ("diagnosis.age", r"age(?: at| of)? (?:initial |first |leukemia )?diagnosis"),
    ("patient.age", r"(?:patient'?s? )?age(?: at (?:relapse|presentation|onset))?(?: in)?"),
    ("patient.sex", r"sex|gender"),
    ("diagnosis.leukemia", r"(?:(?:primary|initial|underlying|hematologic(?:al)?) )?(?:diagnos[ie]s|disease|malignancy|"
     r"leuka?emias?)(?: (?:sub)?types?)?|types? of leuka?emias?|(?:fab|who)(?: (?:sub)?types?| classification)?|"
     r"(?:aml |all )?subtypes?"),
    ("episode.onset", r"(?:symptoms? |relapse )?(?:appear\w+ |onset )?(?:in|during) (?:cr|(?:complete )?remission)"),
    ("episode.extent", r"extent"),
    ("episode.sites", rf"(?:extramedullary |anatomic(?:al)? |involved |affected |primary |emr? |tumou?r )?"
     rf"(?:sites?|locations?|locali[sz]ations?|regions?|organs?)(?:(?: of)? {_OF})?(?: involved| affected)?"),
    ("episode.confirmed_by", r"(?:source|method|mode|means) of (?:confirmation|diagnosis|proof)|"
     r"confirm(?:ed|ation)(?: by)?|proof|prove[dn] by|diagnos(?:ed|is) by|diagnostic (?:method|procedure|modality)s?"),
    ("episode.marrow", r"(?:bm|(?:bone )?marrow)(?: (?:status|involvement|relapse|findings?))?"),
    ("episode.csf", r"(?:csf|cerebrospinal fluid)(?: (?:status|involvement))?"),
    ("treatment", r"treatments?(?: modalit(?:y|ies))?(?: (?:of|for|at) \w+)?|therap(?:y|ies)|management"),
    ("outcome.vital_status", r"(?:final |clinical )?(?:outcomes?|status|vital status|survival status)(?: at last "
     r"follow[- ]?up)?|alive(?: or |/)dead|last follow[- ]?up status"),
    ("investigations", r"other (?:stud|investigation|examination|test)(?:y|ies|s)?|"
     r"(?:diagnostic )?(?:imaging|radiolog\w+)(?: stud(?:y|ies)| findings?| results?)?|investigations|work[- ]?up"),
    ("finding", r"(?:presenting |initial |clinical )?"
     r"(?:symptoms?|signs?|presentations?|manifestations?|features?|findings?)(?: and signs?| and symptoms?)?"),
)  # fmt: skip
_FIELDS = tuple((field, re.compile(pattern)) for field, pattern in _HEADINGS)
_AGE_AND_SEX = re.compile(r"ages?\b.{0,3}\b(?:sex|gender)|(?:sex|gender)\b.{0,3}\bages?")
_STUDY = re.compile(
    r"\s+(?:stud(?:y|ies)|exams?|examinations?|findings?|results?|analys[ie]s|scan|status)$", re.IGNORECASE
)
_UNIT = re.compile(r"\(?\b(years?|yrs?|y|months?|mos?|m|weeks?|days?)\b\.?\)?", re.IGNORECASE)


def plain(heading: str) -> str:
    """A heading as the patterns know it: small letters, no brackets, no marks.

    >>> plain("Author (yr)"), plain("Sites of relapse*"), plain("Age, years")
    ('author year', 'sites of relapse', 'age')
    """
    words = re.sub(r"\((?:yr|year)s?\.?\)", " year", heading.casefold()) if "age" not in heading.casefold() else heading
    words = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|[*†‡§¶#.:]", " ", words.casefold())
    words = " ".join(re.sub(r"\s*[,_]\s*", " ", words).split())
    words = re.sub(r"\b(?:yr|years)\b", "year", words)
    return re.sub(r"^(.*\bage\b.*?) (?:in )?(?:year|y|months?|mo)$", r"\1", words)


def field_of(heading: str) -> Column | None:
    """The field that a heading names; ``None`` where none is plain."""
    words = plain(heading)
    return next((field for field, pattern in _FIELDS if pattern.fullmatch(words)), None)


def has_age_and_sex(heading: str) -> bool:
    """Whether a column holds age and sex together.

    >>> has_age_and_sex("Age/ Sex"), has_age_and_sex("Sex, age (y)"), has_age_and_sex("Age")
    (True, True, False)
    """
    return bool(_AGE_AND_SEX.search(heading.casefold()))


def unit_of(heading: str) -> str:
    """The unit of the ages of a column: years, unless its heading says another.

    >>> unit_of("Age (months)"), unit_of("Age (y)")
    ('months', 'years')
    """
    match = _UNIT.search(re.sub(r"^.*?\bage\b", "", heading, flags=re.IGNORECASE))
    word = match[1].lower() if match else "y"
    return next((unit for unit in ("months", "weeks", "days") if unit.startswith(word.rstrip("s"))), "years")


def modality_of(heading: str, lookup: Lookup) -> str | None:
    """The investigation whose results a column holds, by the names of our concepts."""
    return _named(heading, lookup, ("Modalities",))


def finding_of(heading: str, lookup: Lookup) -> str | None:
    """The finding whose presence a column holds."""
    return _named(heading, lookup, ("Findings", "Differentials"))


def _named(heading: str, lookup: Lookup, schemes: tuple[str, ...]) -> str | None:
    words = re.sub(r"\([^()]*\)|[*†‡§¶#:]", " ", heading)
    for form in dict.fromkeys((" ".join(heading.split()), " ".join(words.split()))):
        for word in dict.fromkeys((form, _STUDY.sub("", form))):
            found = lookup.find(word, schemes)
            if len(found) == 1:
                return found[0]
    return None
