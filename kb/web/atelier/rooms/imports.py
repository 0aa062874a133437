"""Importing: files are sent, columns told if it is a table, a report read, then everything is written or nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb.curation.import_models import ImportJob, Stage
from kb.curation.importing.columns import Columns, guess, targets, template
from kb.curation.importing.report import Judged, Verdict
from kb.curation.importing.sources import MOST_FILES, read_zip
from kb.curation.importing.tables import MOST_ROWS, read_table
from kb.curation.importing.writing import Mode
from kb.curation.models import Role
from kb.errors import ConflictError, RefusedError
from kb.web import addresses as public
from kb.web.atelier import addresses
from kb.web.atelier.access import accepts, me, needs, room, workspace
from kb.web.atelier.pages.frame import Frame, corpus, frame, moment
from kb.web.pages.page import Link
from kb.web.state import edition
from kb.web.typesetting import typeset

MAX_UPLOAD = 24_000_000
_BATCH = 2.0  # Seconds of judging a page; the next one goes on.
_REFRESH = 0  # At once: each page stays in sight while the next one judges, and no delay is imposed on anybody.
_GROUPS = (
    (Verdict.PRETE, "Prêtes"),
    (Verdict.A_CORRIGER, "À corriger"),
    (Verdict.REFUSEE, "Refusées"),
    (Verdict.IDENTIQUE, "Déjà en ligne"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPage(Frame):
    action: str
    template: str
    most_files: int
    most_rows: int
    under_way: tuple[tuple[Link, str], ...]
    mappings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    header: str
    samples: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsPage(Frame):
    action: str
    abandon: str
    rows: int
    columns: tuple[Column, ...]
    groups: tuple[tuple[str, tuple[Link, ...]], ...]
    mappings: tuple[Link, ...]
    chosen: str
    here: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPage(Frame):
    done: int
    total: int
    refresh: int
    again: str
    abandon: str


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    name: str
    titre: str
    slug: Link
    kind: str
    reasons: tuple[str, ...]
    duplicates: tuple[str, ...]
    may: bool
    ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage(Frame):
    groups: tuple[tuple[str, tuple[Line, ...]], ...]
    told: str
    action: str
    abandon: str
    may_publish: bool
    may_write: bool


@room.get("/imports")
@needs(Role.RELECTEUR)
def imports() -> Response:
    return _send_page()


@room.get("/imports/modele.csv")
@needs(Role.RELECTEUR)
def import_template() -> Response:
    """An empty table whose columns need no mapping."""
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerow(template())
    response = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="modele-fiches.csv"'
    return response


@room.post("/imports")
@needs(Role.RELECTEUR)
@accepts(MAX_UPLOAD)
def send_import() -> BaseResponse:
    sent = request.files.get("fichier")
    name = sent.filename or "" if sent else ""
    if sent is None or not name:
        return _send_page("Choisissez un fichier : une archive zip de fiches, ou un tableau CSV ou XLSX.", 400)
    try:
        with closing(sent):
            if name.lower().endswith(".zip"):
                job = workspace().imports.start(name, read_zip(sent.stream), me())
            else:
                job = workspace().imports.start_table(name, read_table(name, sent.stream), me())
    except RefusedError as error:
        return _send_page(str(error), 400)
    return redirect(addresses.one_import(job.id))


@room.get("/imports/<int:job_id>")
@needs(Role.RELECTEUR)
def one_import(job_id: int) -> BaseResponse:
    """Where an import stands. While it is being judged, each look judges some more: a report, nothing is written."""
    job = workspace().imports.get(job_id, me())
    if job.stage == Stage.LECTURE:
        workspace().imports.advance(job_id, corpus(), _BATCH)
        job = workspace().imports.get(job_id, me())
    if job.stage == Stage.FAIT:
        return redirect(addresses.one_set(job.set_id or 0))
    if job.stage == Stage.COLONNES:
        return _columns_page(job)
    return _progress_page(job) if job.stage == Stage.LECTURE else _report_page(job)


@room.post("/imports/<int:job_id>/colonnes")
@needs(Role.RELECTEUR)
def tell_columns(job_id: int) -> BaseResponse:
    job = workspace().imports.get(job_id, me())
    headers = job.table.get("headers", [])
    columns = Columns.of({one: request.form.get(f"colonne.{rank}", "") for rank, one in enumerate(headers)})
    try:
        workspace().imports.tell_columns(job_id, columns, corpus(), me())
        if request.form.get("garder", "").strip():
            workspace().imports.keep_mapping(request.form["garder"], columns, me())
    except RefusedError as error:
        return _columns_page(job, error=str(error), chosen=columns)
    return redirect(addresses.one_import(job_id))


@room.post("/imports/<int:job_id>/confirmer")
@needs(Role.RELECTEUR)
def confirm_import(job_id: int) -> BaseResponse:
    sent = request.form
    chosen = {int(one) for one in sent.getlist("fiche") if one.isdecimal() and len(one) < 12}
    try:
        mode = Mode(sent.get("devenir", ""))
    except ValueError as error:
        raise RefusedError("Dites ce que deviennent les fiches importées.") from error
    try:
        made = workspace().imports.carry_out(job_id, chosen, mode, corpus(), me(), sent.get("raison", "")[:500])
    except ConflictError as error:
        flash(str(error))
        return redirect(addresses.one_import(job_id))
    except RefusedError as error:
        job = workspace().imports.get(job_id, me())
        return _report_page(job, str(error)) if job.stage == Stage.RAPPORT else _send_page(str(error), 400)
    flash("Import écrit. Il s'annule d'un clic, ci-dessous.")
    return redirect(addresses.one_set(made))


@room.post("/imports/<int:job_id>/abandonner")
@needs(Role.RELECTEUR)
def abandon_import(job_id: int) -> BaseResponse:
    workspace().imports.abandon(job_id, me())
    flash("Import abandonné : rien n'a été écrit.")
    return redirect(addresses.IMPORTS)


@room.post("/imports/correspondances/<int:mapping_id>")
@needs(Role.RELECTEUR)
def forget_mapping(mapping_id: int) -> BaseResponse:
    workspace().imports.forget_mapping(mapping_id, me())
    flash("Correspondance retirée.")
    return redirect(addresses.IMPORTS)


def _send_page(error: str = "", status: int = 200) -> Response:
    page = SendPage(
        **frame("Importer des fiches", addresses.SETS, error=error),
        action=addresses.IMPORTS, template=addresses.TEMPLATE, most_files=MOST_FILES, most_rows=MOST_ROWS,
        under_way=tuple(
            (Link(typeset(job.source), addresses.one_import(job.id)), moment(job.created_at))
            for job in workspace().imports.under_way(me())
        ),
        mappings=tuple((one.name, addresses.forget_mapping(one.id)) for one in workspace().imports.mappings()),
    )  # fmt: skip
    return make_response(render_template("atelier/importer.html", page=page), status)


def _columns_page(job: ImportJob, *, error: str = "", chosen: Columns | None = None) -> Response:
    headers, rows = job.table["headers"], job.table["rows"]
    known = {str(one.id): one for one in workspace().imports.mappings()}
    asked = request.args.get("correspondance", "")
    start = Columns.of(known[asked].columns) if asked in known else Columns.of(guess(headers))
    told = (chosen or start).chosen
    page = ColumnsPage(
        **frame(f"Colonnes de « {job.source} »", addresses.SETS, error=error),
        action=addresses.one_import(job.id, "colonnes"), abandon=addresses.one_import(job.id, "abandonner"),
        here=addresses.one_import(job.id), rows=len(rows),
        columns=tuple(
            Column(f"colonne.{rank}", typeset(header), _samples(rows, rank), told.get(header, ""))
            for rank, header in enumerate(headers)
        ),
        groups=tuple((typeset(name), tuple(Link(typeset(one.label), one.name) for one in some))
                     for name, some in groupby(targets(), key=lambda one: one.group)),
        mappings=tuple(Link(one.name, number) for number, one in known.items()), chosen=asked,
    )  # fmt: skip
    return make_response(render_template("atelier/colonnes.html", page=page), 400 if error else 200)


def _samples(rows: list[list[str]], rank: int) -> tuple[str, ...]:
    held = [row[rank].replace("\n", " ") for row in rows if row[rank]]
    return tuple(typeset(one[:60] + ("…" if len(one) > 60 else "")) for one in held[:2])


def _progress_page(job: ImportJob) -> Response:
    done, total = workspace().imports.progress(job.id)
    page = ProgressPage(
        **frame(f"Lecture de « {job.source} »", addresses.SETS), done=done, total=total, refresh=_REFRESH,
        again=addresses.one_import(job.id), abandon=addresses.one_import(job.id, "abandonner"),
    )  # fmt: skip
    return make_response(render_template("atelier/lecture.html", page=page))


def _report_page(job: ImportJob, error: str = "") -> Response:
    if job.stage == Stage.ABANDONNE:
        raise RefusedError("Cet import a été abandonné : rien n'a été écrit.")
    report = workspace().imports.report(job.id)
    lines = {verdict: tuple(_lines(report, verdict)) for verdict, _ in _GROUPS}
    page = ReportPage(
        **frame(f"Import de « {job.source} »", addresses.SETS, error=error),
        groups=tuple(
            (f"{said} ({len(lines[verdict])})", lines[verdict]) for verdict, said in _GROUPS if lines[verdict]
        ),
        told=typeset(_told(lines)),
        action=addresses.one_import(job.id, "confirmer"), abandon=addresses.one_import(job.id, "abandonner"),
        may_publish=Role(me().role) is Role.ADMINISTRATEUR,
        may_write=bool(lines[Verdict.PRETE] or lines[Verdict.A_CORRIGER]),
    )  # fmt: skip
    return make_response(render_template("atelier/rapport.html", page=page), 400 if error else 200)


def _told(lines: dict[Verdict, Any]) -> str:
    twins = sum(bool(line.duplicates) for some in lines.values() for line in some)
    said = ", ".join(f"{name.lower()} : {len(lines[verdict])}" for verdict, name in _GROUPS)
    return f"Rien n'est encore écrit. {said[:1].upper()}{said[1:]} ; doublons probables : {twins}."


def _lines(report: dict[int, Judged], verdict: Verdict) -> Iterator[Line]:
    for number, one in report.items():
        if one.verdict is verdict:
            href = public.case(one.slug) if one.slug in edition().cases else ""
            yield Line(
                number, typeset(one.name), typeset(one.titre), Link(one.slug, href),
                "Mise à jour" if one.is_update else "Nouvelle",
                tuple(map(typeset, one.reasons)), tuple(map(typeset, one.duplicates)),
                verdict in {Verdict.PRETE, Verdict.A_CORRIGER}, verdict is Verdict.PRETE and not one.duplicates,
            )  # fmt: skip
