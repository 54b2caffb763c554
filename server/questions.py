"""``/questions``: competency questions with a form, answered as a page, JSON, CSV, TSV, references, a plot or SPARQL.

``/questions/<slug>`` goes by what the client accepts; ``/questions/<slug>.csv`` and its like name the format. The
questions are those of the snapshot that answers, which is the one in service or the one that ``_version`` names.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as BaseResponse

from kg.questions import ParameterError, Question
from server.ask import ClosedError
from server.conditional import conditional
from server.current import current, current_snapshot
from server.errors import PROBLEM_JSON, ProblemError, respond
from server.negotiate import HTML, PAGE, prefers_html, ranked
from server.negotiate import Format as Offer
from server.question_catalogue import EXTENSION, Catalogues, catalogue, choices
from server.question_drawing import Drawer, can_draw
from server.question_form import fields, in_force, loosened
from server.question_formats import DRAWER, FORMATS, PAGED, Asked, body, references, specification, without_header
from server.question_page import reference, table
from server.question_request import PAGING, SHAPE, VERSION, Wanted, address, read_given, read_wanted, use_version

OFFERS = (PAGE, *(Offer(suffix, FORMATS[suffix].media_type, suffix) for suffix in PAGED))
"""What the address without a format answers; the first is the default."""
LISTS = (PAGE, Offer("json", FORMATS["json"].media_type, "json"))
NAMED = ("csv", "tsv", "bib", "ris", "csl.json", "svg")
"""Formats that people save, so that the file has a name."""
_FRESH = "public, max-age=60"
_FOREVER = "public, max-age=31536000, immutable"

blueprint = Blueprint("questions", __name__)


@blueprint.record_once
def _know_questions(state: BlueprintSetupState) -> None:
    state.app.extensions[EXTENSION] = Catalogues()
    state.app.extensions[DRAWER] = Drawer()


def _again_if_closed(view: Callable[..., BaseResponse]) -> Callable[..., BaseResponse]:
    """Have a request begin again whose snapshot went out of service meanwhile."""

    @functools.wraps(view)
    def viewed(**named: str) -> BaseResponse:
        try:
            return view(**named)
        except ClosedError:
            return view(**named)

    return viewed


@blueprint.get("/questions", defaults={"suffix": ""})
@blueprint.get("/questions.json", defaults={"suffix": "json"})
@_again_if_closed
def questions(suffix: str) -> BaseResponse:
    """All questions, or those in which the words of ``q`` stand: as a page or as JSON."""
    try:
        given, controls = read_given((VERSION,))
        for name in given:
            if name != "q":
                raise ParameterError(name, f"There is no “{name[:60]}” at this address. There is: q.", ("q",))
        pinned = use_version(controls.get(VERSION))
    except ParameterError as error:
        return _refused(error)
    words = given.get("q", "").strip()
    found = catalogue().having(words)
    if (suffix or _negotiated(LISTS)) == "json":
        told = {
            "ok": True,
            "count": len(found),
            "version": current_snapshot().version,
            "questions": [described(question, controls) for question in found],
        }
        text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
        return finished(Response(text, content_type=FORMATS["json"].content_type), not suffix, pinned)
    page = render_template(
        "questions.html",
        version=current_snapshot().version,
        in_service=current().get().version,
        pinned=pinned,
        groups=catalogue().groups(found),
        count=len(found),
        all=len(catalogue().questions),
        words=words,
        controls=controls,
    )
    return finished(Response(page, content_type=f"{HTML}; charset=utf-8"), True, False)


@blueprint.get("/questions/<name>")
@_again_if_closed
def question(name: str) -> BaseResponse:
    """A question and its answer: 200, 304, or a problem; 400 for a wrong parameter, 404 for an unknown question."""
    slug, dot, suffix = name.partition(".")
    if dot and suffix not in FORMATS:
        detail = f"There is no format “{suffix[:40]}”. There are: {', '.join(FORMATS)}."
        raise ProblemError(HTTPStatus.NOT_FOUND, detail)
    try:
        given, controls = read_given(FORMATS[suffix].controls if suffix else (SHAPE, *PAGING, VERSION))
        pinned = use_version(controls.get(VERSION))
        asked = Asked(catalogue().question(slug), given, choices(), read_wanted(controls), pinned)
        form = suffix or _negotiated(OFFERS)
        response = _page(asked) if form == PAGE.name else _file(asked, form)
        if form in PAGED or form == PAGE.name:
            _link_pages(response, asked, form, suffix)
    except ParameterError as error:
        return _refused_question(error, slug, page=not suffix)
    return finished(response, not suffix, pinned and form != PAGE.name)


def _negotiated(offers: Sequence[Offer]) -> str:
    taken = ranked(request.headers.get("Accept", ""), offers)
    if not taken:
        types = ", ".join(offer.media_type for offer in offers)
        raise ProblemError(HTTPStatus.NOT_ACCEPTABLE, f"This comes as one of: {types}.")
    return taken[0].name


def _file(asked: Asked, suffix: str) -> Response:
    response = Response(body(asked, suffix), content_type=FORMATS[suffix].content_type)
    if suffix in NAMED:
        response.headers["Content-Disposition"] = f'inline; filename="{asked.question.slug}.{suffix}"'
    return response


def _link_pages(response: Response, asked: Asked, form: str, suffix: str) -> None:
    """The other pages, as RFC 8288 has them; none if this is the only one."""
    # Pages that belong together come from one snapshot, also if another comes into service between them.
    pinned = True if form != PAGE.name else None
    links = [f'<{asked.part(start, suffix, pinned=pinned)}>; rel="{rel}"' for rel, start in _parts(asked, form)]
    if links:
        response.headers["Link"] = ", ".join(links)


def _parts(asked: Asked, form: str) -> list[tuple[str, int]]:
    page = asked.page(form)
    following = page.next(asked.answer)
    parts = [] if following is None else [("next", following)]
    if page.start:
        parts += [("prev", max(0, page.start - page.size)), ("first", 0)]
    return parts


def finished(response: Response, negotiated: bool, pinned: bool) -> BaseResponse:
    """The response, or 304. The tag is weak, since gzip changes the bytes.

    Raises:
        ProblemError: 412, the client wants another answer than this one (``If-Match``).
    """
    if negotiated:
        response.vary.add("Accept")
    return conditional(response, _FOREVER if pinned else _FRESH)


def _page(asked: Asked) -> Response:
    answer = asked.answer
    page = asked.page(PAGE.name)
    rows = page.rows(answer)
    spec = specification(answer) if can_draw() else None
    html = render_template(
        "question.html",
        **_shared(asked),
        answer=answer,
        table=table(answer, rows, asked.choices),
        first=page.start + 1,
        last=page.start + len(rows),
        parts=[(rel, asked.part(start)) for rel, start in reversed(_parts(asked, PAGE.name))],
        in_force=in_force(asked),
        empty=answer.is_empty,
        loosened=loosened(asked) if answer.is_empty else [],
        plot=None if spec is None else asked.address("svg", pinned=True),
        plot_words="" if spec is None else spec.get("description", ""),
        sparql=without_header(answer.sparql),
        references=[reference(item) for item in references(answer)],
        formats=[
            (form.label, asked.address(suffix), form.media_type)
            for suffix, form in FORMATS.items()
            if suffix != "svg" or spec is not None
        ],
        permalink=asked.permalink,
        citation=f"Sanctuary KG contributors. “{asked.question.summary}” Sanctuary KG, version "
        f"{current_snapshot().version}. {asked.permalink}",
        instead=address(url_for("questions.question", name=asked.question.slug), asked.pairs),
        error=None,
    )
    return Response(html, content_type=f"{HTML}; charset=utf-8")


def _shared(asked: Asked, error: ParameterError | None = None) -> dict[str, Any]:
    form = fields(asked, error)
    return {
        "version": current_snapshot().version,
        "in_service": current().get().version,
        "pinned": asked.pinned,
        "question": asked.question,
        "reproduces": [(one, _statistic(one)) for one in asked.question.reproduces],
        "fields": form,
        "beside": any(field.error for field in form),
    }


def _statistic(name: str) -> str:
    """Where the page of a printed statistic is, which questions name as record and id."""
    record, _, which = name.partition("/")
    return url_for("entities.entity", path=f"reference/{record}/statistic/{which}.html")


def described(question: Question, controls: dict[str, str]) -> dict[str, Any]:
    """A question as the list has it."""

    def at(name: str) -> str:
        return address(url_for("questions.question", name=name, _external=True), list(controls.items()))

    return {
        "slug": question.slug,
        "summary": question.summary,
        "description": question.description,
        "group": question.group,
        "tags": list(question.tags),
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.kind,
                "label": parameter.label,
                "of": parameter.of or None,
                "default": parameter.default,
                "least": parameter.least,
                "most": parameter.most,
            }
            for parameter in question.parameters
        ],
        "plot": question.plot["kind"] if question.plot else None,
        "reproduces": list(question.reproduces),
        "url": at(question.slug),
        "json": at(f"{question.slug}.json"),
    }


def _refused_question(error: ParameterError, slug: str, *, page: bool) -> Response:
    """A problem, or the form with what was typed and the message beside it."""
    known = catalogue().question(slug)
    if not (page and prefers_html(request.accept_mimetypes)):
        return _refused(error)
    given = {p.name: request.args[p.name] for p in known.parameters if p.name in request.args}
    asked = Asked(known, given, choices(), Wanted(), False)
    html = render_template("question.html", **_shared(asked, error), error=str(error))
    response = Response(html, HTTPStatus.BAD_REQUEST, content_type=f"{HTML}; charset=utf-8")
    response.vary.add("Accept")
    return response


def _refused(error: ParameterError) -> Response:
    """A problem with the parameter that is wrong and what it may be, as members of its own (RFC 9457, section 3.2)."""
    status = HTTPStatus.BAD_REQUEST
    if prefers_html(request.accept_mimetypes):
        return respond(ProblemError(status, str(error)))
    members = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": str(error),
        "parameter": error.parameter,
        "allowed": list(error.allowed),
    }
    text = json.dumps(members, ensure_ascii=False, indent=2) + "\n"
    response = Response(text, status, content_type=PROBLEM_JSON)
    response.vary.add("Accept")
    return response
