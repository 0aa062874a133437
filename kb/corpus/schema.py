"""The closed schema of a case file: each key, whether it is required, and what it means (in French, for the guide)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A key of the front matter; `vocabulary` names the vocabulary of its values, `keys` those of its entries."""

    name: str
    required: bool
    meaning: str
    vocabulary: str = ""
    keys: tuple[FieldSpec, ...] = ()


def _key(name: str, meaning: str, vocabulary: str = "", *, required: bool = False) -> FieldSpec:
    return FieldSpec(name, required, meaning, vocabulary)


MAX_TITLE, MAX_SUMMARY = 90, 280
MIN_WORDS, MAX_WORDS = 250, 650

FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("titre", True, f"{MAX_TITLE} caractères au plus ; nomme l'alliance et dit ce qu'elle fait"),
    FieldSpec("resume", True, f"{MAX_SUMMARY} caractères au plus ; se comprend seul"),
    FieldSpec("categorie", True, "ce qui passe entre les partenaires aujourd'hui", "categorie"),
    FieldSpec("autres_categories", False, "autres catégories, s'il y en a", "categorie"),
    FieldSpec("domaines", True, "1 à 3 domaines, le principal d'abord", "domaine"),
    FieldSpec("impacts", False, "impacts visés : lecture de la rédaction", "impact"),
    FieldSpec("leviers", False, "leviers d'appui : lecture de la rédaction", "levier"),
    FieldSpec("odd", False, "objectifs de développement durable : lecture de la rédaction", "odd"),
    FieldSpec("publics", False, "à qui l'action profite", "public"),
    FieldSpec("regions", True, "où l'action se déroule, ou `nationale` seule", "region"),
    FieldSpec("departements", False, "numéros entre guillemets, dans les régions dites", "departement"),
    FieldSpec("lieu", False, "le lieu, tel que les sources le nomment"),
    FieldSpec("commune", False, "code INSEE de la commune, cinq caractères"),
    FieldSpec("echelle", True, "étendue de l'alliance", "echelle"),
    FieldSpec("debut", True, "année où commence l'action racontée"),
    FieldSpec("fin", False, "année où elle finit"),
    FieldSpec("etape", True, "étape d'innovation à la date de `situation_au`", "etape"),
    FieldSpec("statut", True, "où en est l'alliance à la date de `situation_au`", "statut"),
    FieldSpec("situation_au", True, "mois ou année de la source la plus récente ; « vers 2024 » si non datée"),
    FieldSpec("parcours", False, "étapes datées, de la plus ancienne à la plus récente", keys=(
        _key("etape", "étape atteinte", "etape", required=True),
        _key("debut", "date", required=True),
        _key("source", "identifiant d'une source", required=True),
    )),
    FieldSpec("organisations", True, "2 au moins, de types différents ; le porteur d'abord", keys=(
        _key("nom", "nom, comme dans le registre", required=True),
        _key("type", "type ; facultatif si le registre le dit", "acteur"),
        _key("role", "rôle dans l'alliance", "role", required=True),
        _key("apport", "ce qu'elle apporte"),
        _key("gain", "ce qu'elle y gagne : un gain constaté, jamais une intention"),
        _key("source", "identifiant(s) de source de l'apport et du gain"),
        _key("collectif", "`true` pour un groupe sans nom propre"),
    )),
    FieldSpec("chiffres", False, "4 repères au plus, que rien ne contredit", keys=(
        _key("valeur", "le nombre, tel que la source le donne", required=True),
        _key("libelle", "ce qu'il compte", required=True),
        _key("date", "sa date", required=True),
        _key("source", "identifiant de la source", required=True),
        _key("nature", "constat ou objectif annoncé", "nature", required=True),
    )),
    FieldSpec("consulte", True, "jour où les sources ont été lues"),
    FieldSpec("sources", True, "2 au moins, de deux éditeurs ; un identifiant par source", keys=(
        _key("titre", "titre de la page", required=True),
        _key("editeur", "qui publie", required=True),
        _key("url", "adresse exacte, sans paramètre de suivi", required=True),
        _key("date", "date que dit la page"),
        _key("consulte", "jour de lecture, s'il diffère"),
    )),
    FieldSpec("apparentes", False, "cas liés", keys=(
        _key("cas", "nom de fichier de l'autre cas, sans .md", required=True),
        _key("lien", "nature du lien", "lien", required=True),
    )),
    FieldSpec("redaction", True, "qui a écrit, quand, et qui a relu", keys=(
        _key("auteur", "« Équipe éditoriale » pour nos fiches", required=True),
        _key("cree", "date d'écriture", required=True),
        _key("verifie", "date de la relecture par une autre personne ; sans elle la fiche n'est pas publiée"),
        _key("a_revoir", "ce qui reste à vérifier"),
    )),
)  # fmt: skip
FIELD_NAMES: tuple[str, ...] = tuple(spec.name for spec in FIELDS)


def keys_of(field: str) -> tuple[str, ...]:
    """Names of the keys of an entry of `field` (`organisations`, `sources`…)."""
    return tuple(key.name for spec in FIELDS if spec.name == field for key in spec.keys)
