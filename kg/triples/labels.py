"""The words by which people know a case and its statements."""

from __future__ import annotations

from kg.records import case as model
from kg.triples.context import Context


def about(context: Context, statement: model.Statement) -> str:
    """What a statement is about, without its result: what the label of an event adds."""
    label = context.label
    match statement:
        case model.Diagnosis():
            return label(statement.leukemia)
        case model.Episode():
            return ", ".join(dict.fromkeys(label(s.site) for s in statement.sites)) or "site not given"
        case model.Finding():
            present = statement.status == "Present"
            return label(statement.finding) + ("" if present else f" {label(statement.status)}")
        case model.Investigation():
            return label(statement.modality)
        case model.Treatment():
            agents = ", ".join(map(label, statement.agents))
            return label(statement.treatment) + (f" with {agents}" if agents else "")
        case model.Outcome():
            known = statement.cause or statement.disease_status
            return "" if known == "NotReported" else label(known)
        case model.Differential():
            return label(statement.condition)
        case _:
            return ""


def case_label(slug: str) -> str:
    """A case in words, from its slug.

    >>> case_label("wang-2015-1")
    'Wang 2015, patient 1'
    """
    name, _, number = slug.rpartition("-")
    return f"{name.replace('-', ' ').title()}, patient {number}"
