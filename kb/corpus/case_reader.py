"""Builds the Case of one document: every key read by the schema, every problem noted on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from kb.corpus import schema
from kb.corpus.body import read_sections
from kb.corpus.case import (
    Case,
    KeyFigure,
    Milestone,
    PartialDate,
    Participation,
    Redaction,
    Relation,
    Source,
)
from kb.corpus.coherence import check_coherence, check_footnotes
from kb.corpus.frontmatter import Document, Node
from kb.corpus.organisations import Registry
from kb.corpus.reading import FieldReader, choices
from kb.corpus.taxonomy import Taxonomy

T = TypeVar("T")
SOURCE_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class CaseReader:
    """Builds the Case of one document, noting every problem on the way."""

    def __init__(self, reader: FieldReader, document: Document, taxonomy: Taxonomy, registry: Registry) -> None:
        self.reader, self.document, self.taxonomy, self.registry = reader, document, taxonomy, registry
        self.fields = reader.keys(Node(document.root, 1), "", schema.FIELD_NAMES)
        self.sources: tuple[Source, ...] = ()

    def read(self, slug: str, digest: str) -> Case | None:
        """The Case, or None when a required value is missing or unreadable (and noted)."""
        r, get = self.reader, self.fields.get
        self.sources = self._sources()
        sections = read_sections(r, self.document)
        check_footnotes(r, sections, self.sources)
        situation = self._required("situation_au", r.date)
        redaction = self._required("redaction", self._redaction)
        debut = self._required("debut", r.year)
        titre = self._required("titre", lambda node, name: r.text(node, name, schema.MAX_TITLE)) or ""
        resume = self._required("resume", lambda node, name: r.text(node, name, schema.MAX_SUMMARY)) or ""
        categorie = self._term("categorie")
        regions = self._terms("regions", "region")
        domaines = self._terms("domaines", "domaine", most=3)
        organisations = self._organisations()
        echelle, etape, statut = self._term("echelle"), self._term("etape"), self._term("statut")
        fin = r.year(get("fin"), "fin")
        departements = r.terms(get("departements"), "departements", self.taxonomy["departement"])
        parcours, chiffres = self._milestones(), self._figures()
        if situation is None or redaction is None or debut is None:
            return None
        case = Case(
            slug=slug, titre=titre, resume=resume, categorie=categorie, domaines=domaines, regions=regions,
            echelle=echelle, debut=debut, etape=etape, statut=statut, situation_au=situation,
            organisations=organisations, sources=self.sources, redaction=redaction, sections=sections, digest=digest,
            autres_categories=r.terms(get("autres_categories"), "autres_categories", self.taxonomy["categorie"]),
            departements=departements, lieu=r.text(get("lieu"), "lieu", 120), commune=self._commune(), fin=fin,
            parcours=parcours,
            impacts=r.terms(get("impacts"), "impacts", self.taxonomy["impact"]),
            leviers=r.terms(get("leviers"), "leviers", self.taxonomy["levier"]),
            odd=r.terms(get("odd"), "odd", self.taxonomy["odd"]),
            publics=r.terms(get("publics"), "publics", self.taxonomy["public"]),
            chiffres=chiffres, apparentes=self._relations(),
        )  # fmt: skip
        check_coherence(r, self.fields, case, self.taxonomy)
        return case

    # Pieces

    def _sources(self) -> tuple[Source, ...]:
        read_on = self._required("consulte", self.reader.date)
        node = self.fields.get("sources")
        if node is None or not isinstance(node.value, dict):
            self._required("sources", lambda *_: None)
            if node is not None and node.value not in ("", []):
                self.reader.note(
                    node.line, "sources", "« identifiant: » puis titre, editeur, url sont attendus", code="type"
                )
            return ()
        if len(node.value) < 2:
            self.reader.note(
                node.line, "sources", "une seule source", "deux textes indépendants au moins", code="nombre"
            )
        return tuple(self._source(name, entry, read_on) for name, entry in node.value.items())

    def _source(self, name: str, node: Node, read_on: PartialDate | None) -> Source:
        r, where = self.reader, f"sources.{name}"
        if not SOURCE_ID.fullmatch(name):
            r.note(
                node.key_line,
                where,
                "identifiant de source mal formé",
                "minuscules, chiffres et tirets",
                code="identifiant",
            )
        keys = r.keys(node, where, schema.keys_of("sources"))
        line = node.key_line or node.line
        return Source(
            id=name,
            titre=r.required(keys, "titre", where, line, lambda n, w: r.text(n, w, 300)) or "",
            editeur=r.required(keys, "editeur", where, line, r.text) or "",
            url=r.required(keys, "url", where, line, r.url) or "",
            date=r.date(keys.get("date"), f"{where}.date"),
            consulte=r.date(keys.get("consulte"), f"{where}.consulte") or read_on,
        )

    def _organisations(self) -> tuple[Participation, ...]:
        node = self.fields.get("organisations")
        entries = self.reader.items(node, "organisations")
        if len(entries) < 2:
            line = node.line if node else 1
            self.reader.note(
                line,
                "organisations",
                "une alliance réunit au moins deux organisations",
                "ajoutez les partenaires",
                code="nombre",
            )
        found = tuple(self._participation(entry) for entry in entries)
        line = node.line if node else 1
        if len(found) > 1 and all(one.type for one in found) and len({one.type for one in found}) < 2:
            self.reader.note(
                line,
                "organisations",
                "toutes les organisations sont du même type",
                "une alliance en réunit de différents",
                code="types",
            )
        if found and not any(one.role == "porteur" for one in found):
            self.reader.note(
                line,
                "organisations",
                "aucun porteur",
                "donnez le rôle « porteur » à qui conduit l'action",
                code="porteur",
            )
        if found and not any(one.apport for one in found if one.role != "porteur"):
            self.reader.note(
                line,
                "organisations",
                "aucun apport de partenaire n'est documenté",
                "dites au moins un apport, avec sa source",
                code="apport",
            )
        return found

    def _participation(self, node: Node) -> Participation:
        r, where = self.reader, "organisations"
        keys = r.keys(node, where, schema.keys_of("organisations"))
        nom = r.required(keys, "nom", where, node.line, lambda n, w: r.text(n, w, 150)) or ""
        collective = r.flag(keys.get("collectif"), f"{where}.collectif")
        apport, gain = r.text(keys.get("apport"), f"{where}.apport"), r.text(keys.get("gain"), f"{where}.gain")
        source = self._source_ids(keys.get("source"), f"{where}.source")
        if (apport or gain) and not source:
            r.note(node.line, where, f"« {nom} » : apport ou gain sans source", "ajoutez « source: … »", code="source")
        return Participation(
            nom=nom,
            type=self._actor_type(keys, nom, node.line, collective=collective),
            role=r.required(keys, "role", where, node.line, lambda n, w: r.term(n, w, self.taxonomy["role"])) or "",
            apport=apport,
            gain=gain,
            source=source,
            collectif=collective,
        )

    def _actor_type(self, keys: Mapping[str, Node], nom: str, line: int, *, collective: bool) -> str:
        inline = self.reader.term(keys.get("type"), "organisations.type", self.taxonomy["acteur"])
        listed = None if collective else self.registry.near(nom)
        if listed and listed.nom != nom:
            cure = f"vouliez-vous dire « {listed.nom} » ? Sinon, ajoutez ce nom au registre"
            self.reader.note(line, "organisations.nom", f"« {nom} » n'est pas dans le registre", cure, code="registre")
        elif listed and inline and inline != listed.type:
            message = f"« {nom} » : type « {inline} », mais « {listed.type} » dans le registre"
            self.reader.note(line, "organisations.type", message, "accordez les deux", code="registre")
        if not inline and not listed and "type" not in keys:
            cure = "donnez son type, ou ajoutez-la à cases/organisations.yaml"
            self.reader.note(line, "organisations.type", f"« {nom} » : type inconnu", cure, code="absent")
        return inline or (listed.type if listed else "")

    def _figures(self) -> tuple[KeyFigure, ...]:
        node = self.fields.get("chiffres")
        entries = self.reader.items(node, "chiffres")
        if node is not None and len(entries) > 4:
            self.reader.note(
                node.line, "chiffres", f"{len(entries)} chiffres, 4 au plus", "gardez les plus parlants", code="nombre"
            )
        figures = (self._figure(entry) for entry in entries)
        return tuple(figure for figure in figures if figure)

    def _figure(self, node: Node) -> KeyFigure | None:
        r, where = self.reader, "chiffres"
        keys = r.keys(node, where, schema.keys_of(where))
        valeur = r.required(keys, "valeur", where, node.line, lambda n, w: r.text(n, w, 40))
        libelle = r.required(keys, "libelle", where, node.line, lambda n, w: r.text(n, w, 140))
        date = r.required(keys, "date", where, node.line, r.date)
        nature = r.required(keys, "nature", where, node.line, lambda n, w: r.term(n, w, self.taxonomy["nature"]))
        source = r.required(keys, "source", where, node.line, self._source_ids)
        if not (valeur and libelle and date and nature):
            return None
        return KeyFigure(valeur, libelle, date, source or (), nature)

    def _milestones(self) -> tuple[Milestone, ...]:
        found: list[Milestone] = []
        r, where = self.reader, "parcours"
        for node in r.items(self.fields.get(where), where):
            keys = r.keys(node, where, schema.keys_of(where))
            etape = r.required(keys, "etape", where, node.line, lambda n, w: r.term(n, w, self.taxonomy["etape"]))
            debut = r.required(keys, "debut", where, node.line, r.date)
            source = r.required(keys, "source", where, node.line, self._source_ids)
            if etape and debut:
                found.append(Milestone(etape, debut, source or ()))
        return tuple(found)

    def _relations(self) -> tuple[Relation, ...]:
        found: list[Relation] = []
        r, where = self.reader, "apparentes"
        for node in r.items(self.fields.get(where), where):
            keys = r.keys(node, where, schema.keys_of(where))
            cas = r.required(keys, "cas", where, node.line, r.text)
            lien = r.required(keys, "lien", where, node.line, lambda n, w: r.term(n, w, self.taxonomy["lien"]))
            if cas and lien:
                found.append(Relation(cas, lien))
        return tuple(found)

    def _redaction(self, node: Node, where: str) -> Redaction | None:
        r = self.reader
        keys = r.keys(node, where, schema.keys_of("redaction"))
        auteur = r.required(keys, "auteur", where, node.line, r.text)
        cree = r.required(keys, "cree", where, node.line, r.date)
        verifie = r.date(keys.get("verifie"), f"{where}.verifie")
        if verifie is None and "verifie" not in keys:
            cure = "une autre personne relit la fiche sur ses sources, puis met la date à « verifie »"
            r.note(node.line, f"{where}.verifie", "fiche non relue : elle n'est pas publiée", cure, code="non-relue")
        if not auteur or not cree:
            return None
        return Redaction(auteur, cree, verifie, r.text(keys.get("a_revoir"), f"{where}.a_revoir"))

    def _commune(self) -> str:
        node = self.fields.get("commune")
        code = self.reader.text(node, "commune")
        if node and code and not re.fullmatch(r"(\d{2}|2[AB])\d{3}", code):
            self.reader.note(
                node.line, "commune", f"« {code} » n'est pas un code INSEE", 'écrivez par exemple "35236"', code="type"
            )
            return ""
        return code

    # Small readings

    def _required(self, key: str, read: Callable[[Node, str], T], cure: str = "ajoutez-le") -> T | None:
        return self.reader.required(self.fields, key, "", 1, read, cure)

    def _term(self, key: str) -> str:
        terms = self.taxonomy[key]
        return self._required(key, lambda node, name: self.reader.term(node, name, terms), choices(terms)) or ""

    def _terms(self, key: str, vocabulary: str, most: int = 99) -> tuple[str, ...]:
        def read(node: Node, name: str) -> tuple[str, ...]:
            return self.reader.terms(node, name, self.taxonomy[vocabulary], most)

        return self._required(key, read, choices(self.taxonomy[vocabulary])) or ()

    def _source_ids(self, node: Node | None, name: str) -> tuple[str, ...]:
        known = {source.id for source in self.sources}
        found: list[str] = []
        for item in self.reader.items(node, name):
            value = self.reader.text(item, name)
            if value and value not in known:
                cure = f"sources déclarées : {', '.join(sorted(known))}" if known else "déclarez-la dans sources"
                self.reader.note(item.line, name, f"source « {value} » non déclarée", cure, code="source")
            elif value:
                found.append(value)
        return tuple(found)
