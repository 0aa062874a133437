"""Imports under way: read at once, judged a few files at a time, written as one set when somebody confirms."""

from __future__ import annotations

import datetime
import hashlib
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kb.corpus.catalogue import Corpus
from kb.corpus.validation import SLUG
from kb.curation import audit
from kb.curation.database import Database
from kb.curation.drafts import MissingError, require
from kb.curation.form import obstacle, one_line, tidy
from kb.curation.import_models import ColumnMapping, ImportItem, ImportJob, Stage
from kb.curation.importing.columns import Columns, case_text, slug_of
from kb.curation.importing.report import Judge, Judged, Verdict
from kb.curation.importing.sources import Found
from kb.curation.importing.tables import Table
from kb.curation.importing.writing import Mode, import_lot
from kb.curation.models import OPEN, Account, Draft, Role, now
from kb.curation.set_publishing import Sets
from kb.errors import ConflictError, RefusedError

_KEPT = datetime.timedelta(days=14)
_MAX_NAME = 80


class Imports:
    """The imports of one installation. Only reviewers import; an import is its sender's, and administrators'."""

    def __init__(self, database: Database, directory: Path, sets: Sets) -> None:
        self._database, self._directory, self._sets = database, directory, sets

    # Sending

    def start(self, source: str, found: Iterable[Found], actor: Account) -> ImportJob:
        """Keep the files that were sent, to be judged."""
        return self._add(source, Stage.LECTURE, actor, found=found)

    def start_table(self, source: str, table: Table, actor: Account) -> ImportJob:
        """Keep a table whose columns are still to be told."""
        return self._add(source, Stage.COLONNES, actor, table=table)

    def tell_columns(self, job_id: int, columns: Columns, corpus: Corpus, actor: Account) -> None:
        """Make the cases of a table's rows. Raises RefusedError when no column gives titles."""
        job = self.get(job_id, actor)
        if job.stage != Stage.COLONNES:
            raise RefusedError("Les colonnes de cet import sont déjà dites.")
        table = Table(tuple(job.table["headers"]), tuple(map(tuple, job.table["rows"])))
        found = found_in(table, columns, corpus, self._directory, actor.nom)
        with self._database.session() as session:
            kept = session.get_one(ImportJob, job_id)
            kept.stage, kept.table = Stage.LECTURE, {}
            _keep(session, job_id, found)

    def abandon(self, job_id: int, actor: Account) -> None:
        """Forget an import that nobody confirmed. Raises RefusedError."""
        if self.get(job_id, actor).stage == Stage.FAIT:
            raise RefusedError("Cet import est déjà écrit : annulez plutôt son lot.")
        with self._database.session() as session:
            session.get_one(ImportJob, job_id).stage = Stage.ABANDONNE
            session.execute(delete(ImportItem).where(ImportItem.import_id == job_id))

    # Judging

    def get(self, job_id: int, actor: Account) -> ImportJob:
        """One import. Raises MissingError, also for somebody else's."""
        with self._database.session() as session:
            job = session.get(ImportJob, job_id) if job_id < 2**31 else None
        if job is None or (job.owner_id != actor.id and Role(actor.role) is not Role.ADMINISTRATEUR):
            raise MissingError("Cet import n'existe pas, ou n'est pas le vôtre.")
        return job

    def under_way(self, actor: Account) -> list[ImportJob]:
        """Imports that this account began and did not end."""
        stages = (Stage.COLONNES, Stage.LECTURE, Stage.RAPPORT)
        query = select(ImportJob).where(ImportJob.owner_id == actor.id, ImportJob.stage.in_(stages))
        with self._database.session() as session:
            return list(session.scalars(query.order_by(ImportJob.id.desc())))

    def progress(self, job_id: int) -> tuple[int, int]:
        """Files judged, and files."""
        with self._database.session() as session:
            query = select(func.count(ImportItem.id)).where(ImportItem.import_id == job_id)
            total = session.scalar(query) or 0
            return session.scalar(query.where(ImportItem.verdict != "")) or 0, total

    def advance(self, job_id: int, corpus: Corpus, seconds: float) -> None:
        """Judge files for some seconds, at least one; the report is ready after the last one."""
        until = time.monotonic() + seconds
        with self._database.session() as session:
            query = select(ImportItem).where(ImportItem.import_id == job_id, ImportItem.verdict == "")
            waiting = list(session.scalars(query.order_by(ImportItem.id)))
        judge = self.judge(corpus, {one.slug for one in waiting})
        for item in waiting:
            judged = judge.judge(Found(item.name, item.slug, item.text, item.refusal))
            self._note(item.id, judged)
            if time.monotonic() > until:
                break
        if self.progress(job_id)[0] == self.progress(job_id)[1]:
            self._finish(job_id, corpus, judge)

    def judge(self, corpus: Corpus, slugs: Collection[str]) -> Judge:
        """What judges these files against the base as it is now."""
        with self._database.session() as session:
            opened = list(session.scalars(select(Draft.slug).where(Draft.state.in_(OPEN))))
        paths = {slug: self._directory / f"{slug}.md" for slug in slugs}
        return Judge(corpus, {slug: path.read_bytes() for slug, path in paths.items() if path.is_file()}, opened)

    def report(self, job_id: int) -> dict[int, Judged]:
        """What was judged, by the numbers of the files."""
        query = select(ImportItem).where(ImportItem.import_id == job_id, ImportItem.verdict != "")
        with self._database.session() as session:
            return {one.id: _read(one.told) for one in session.scalars(query.order_by(ImportItem.id))}

    # Writing

    def carry_out(
        self, job_id: int, chosen: Collection[int], mode: Mode, corpus: Corpus, actor: Account, reason: str = ""
    ) -> int:
        """Write the chosen files as one set; its number. Raises ForbiddenError, RefusedError, ConflictError."""
        require(actor, Role.RELECTEUR)
        job = self.get(job_id, actor)
        if job.stage != Stage.RAPPORT:
            raise RefusedError("Cet import n'attend pas de confirmation.")
        if job.digest != self._state(corpus):
            self._judge_again(job_id)
            raise ConflictError("La base a changé depuis ce rapport : il se refait, relisez-le avant de confirmer.")
        judged = [one for number, one in self.report(job_id).items() if number in chosen]
        lot = import_lot(job.source, judged, mode, actor, one_line(reason), import_id=job_id)
        return self._sets.carry_out(lot, actor)

    # Mappings

    def mappings(self) -> list[ColumnMapping]:
        """Mappings of columns that are kept, by name."""
        with self._database.session() as session:
            return list(session.scalars(select(ColumnMapping).order_by(ColumnMapping.name)))

    def keep_mapping(self, name: str, columns: Columns, actor: Account) -> None:
        """Keep a mapping under a name, in place of the one that had it. Raises RefusedError."""
        name = one_line(name)
        if not 0 < len(name) <= _MAX_NAME:
            raise RefusedError(f"Donnez à cette correspondance un nom de {_MAX_NAME} caractères au plus.")
        with self._database.session() as session:
            known = session.scalar(select(ColumnMapping).where(ColumnMapping.name == name))
            if known is None:
                session.add(ColumnMapping(name=name, columns=dict(columns.chosen)))
            else:
                known.columns, known.updated_at = dict(columns.chosen), now()
            audit.record(session, actor.nom, "correspondance de colonnes gardée", name)

    def forget_mapping(self, mapping_id: int, actor: Account) -> None:
        """Forget a mapping."""
        with self._database.session() as session:
            known = session.get(ColumnMapping, mapping_id) if mapping_id < 2**31 else None
            if known is None:
                raise MissingError("Cette correspondance n'existe pas.")
            session.delete(known)
            audit.record(session, actor.nom, "correspondance de colonnes retirée", known.name)

    # Steps

    def _add(
        self, source: str, stage: Stage, actor: Account, *, found: Iterable[Found] = (), table: Table | None = None
    ) -> ImportJob:
        require(actor, Role.RELECTEUR)
        held = {"headers": list(table.headers), "rows": [list(row) for row in table.rows]} if table else {}
        with self._database.session() as session:
            session.execute(delete(ImportJob).where(ImportJob.created_at < now() - _KEPT, ImportJob.set_id.is_(None)))
            job = ImportJob(owner_id=actor.id, source=one_line(source)[:150] or "envoi", stage=stage, table=held)
            session.add(job)
            session.flush()
            _keep(session, job.id, found)
        return job

    def _note(self, item_id: int, judged: Judged) -> None:
        with self._database.session() as session:
            item = session.get(ImportItem, item_id)
            if item is not None:
                item.verdict, item.told = judged.verdict, asdict(judged)

    def _finish(self, job_id: int, corpus: Corpus, judge: Judge) -> None:
        """What the rules say between these files; then the report is whole."""
        known = self.report(job_id)
        for number, judged in zip(known, judge.together(list(known.values())), strict=True):
            if judged != known[number]:
                self._note(number, judged)
        with self._database.session() as session:
            job = session.get_one(ImportJob, job_id)
            if job.stage == Stage.LECTURE:
                job.stage, job.digest = Stage.RAPPORT, self._state(corpus)

    def _judge_again(self, job_id: int) -> None:
        with self._database.session() as session:
            session.get_one(ImportJob, job_id).stage = Stage.LECTURE
            for item in session.scalars(select(ImportItem).where(ImportItem.import_id == job_id)):
                item.verdict, item.told = "", {}

    def _state(self, corpus: Corpus) -> str:
        """What a report depends on: the cases and vocabularies, those kept out of the site included."""
        seen = f"{corpus.vocabulary_digest} {sorted(corpus.stamps.items())}"
        return hashlib.sha256(seen.encode()).hexdigest()


def found_in(table: Table, columns: Columns, corpus: Corpus, directory: Path, author: str) -> list[Found]:
    """The cases that the rows of a table make, new or completing those of the same address. Raises RefusedError."""
    if not {"titre", "adresse"} & set(columns.chosen.values()):
        raise RefusedError("Dites quelle colonne donne le titre des fiches (ou l'adresse de fiches qui existent).")
    found, taken = [], set()
    for rank, row in enumerate(table.rows, 2):
        values = columns.values(table.headers, row)
        slug, name = slug_of(values), f"ligne {rank}"
        known = _published(directory, slug)
        if not slug or (not known and "titre" not in values):
            found.append(Found(name, slug, refusal="ligne sans titre"))
        elif slug in taken:
            found.append(Found(name, slug, refusal=f"deux lignes donnent l'adresse « {slug} »"))
        else:
            found.append(_row(name, slug, values, corpus, author, known))
        taken.add(slug)
    return found


def _row(name: str, slug: str, values: Mapping[str, str], corpus: Corpus, author: str, known: str) -> Found:
    if known and obstacle(known):
        return Found(name, slug, refusal="la fiche en ligne se corrige d'abord comme un texte")
    day = now().date()
    return Found(name, slug, case_text(values, corpus.taxonomy, author, day, known))


def _published(directory: Path, slug: str) -> str:
    path = directory / f"{slug}.md"
    if not SLUG.fullmatch(slug) or not path.is_file():
        return ""
    return tidy(path.read_bytes().decode("utf-8", errors="replace"))


def _keep(session: Session, job_id: int, found: Iterable[Found]) -> None:
    session.add_all(
        ImportItem(import_id=job_id, name=one.name[:150], slug=one.slug[:80], text=one.text, refusal=one.refusal)
        for one in found
    )


def _read(told: Mapping[str, object]) -> Judged:
    values = dict(told)
    for name in ("reasons", "duplicates"):
        values[name] = tuple(values[name])  # type: ignore[arg-type]
    values["verdict"] = Verdict(str(values["verdict"]))
    return Judged(**values)  # type: ignore[arg-type]
