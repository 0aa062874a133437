"""A small valid case file, and ways of spoiling it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from kb.config import ROOT
from kb.corpus.organisations import Registry
from kb.corpus.taxonomy import read_taxonomy
from kb.corpus.validation import Reading, read_case

TAXONOMY = read_taxonomy(ROOT / "cases" / "taxonomy.yaml")

_FILLER = (
    "Les bénévoles et les salariés préparent chaque tournée avec soin et tiennent un carnet que tout le monde "
    "peut lire, ce qui aide les nouveaux venus à comprendre la marche de l'atelier et à poser leurs questions "
    "sans gêne[^journal]."
)

VALID = f"""---
# Une fiche d'essai.
titre: L'Atelier du pont, un garage tenu avec la commune
resume: >-
  Une association répare des vélos dans un local prêté par la commune ; un magasin donne des pièces.
categorie: mecenat
domaines: [mobilite, emploi-insertion]
impacts: [innovation]
leviers: [financement]
odd: [11]
publics: [habitants-ruraux]
regions: [bretagne]
departements: ["35"]
lieu: Redon
echelle: local
debut: 2017
etape: experimentation
statut: active
situation_au: 2024-09
parcours:
  - {{etape: conception, debut: 2016, source: mairie}}
organisations:
  - nom: Atelier du pont
    type: association
    role: porteur
    apport: Répare et revend
    source: journal
  - nom: Ville de Redon
    type: collectivite
    role: partenaire
    apport: Prête un local
    source: [mairie, journal]
chiffres:
  - {{valeur: "1 200", libelle: vélos réparés, date: 2023, source: journal, nature: constat}}
consulte: 2024-11-21
sources:
  journal:
    titre: "Redon : l'atelier tourne"
    editeur: Le Journal
    date: 2024-09-02
    url: https://journal.example.org/atelier
  mairie:
    titre: Un local pour l'atelier
    editeur: Ville de Redon
    url: https://mairie.example.org/atelier
redaction: {{auteur: Équipe éditoriale, cree: 2024-11-21, verifie: 2024-11-22}}
---
## Le besoin

En 2016, peu d'habitants pouvaient faire réparer un vélo sur place[^mairie].

## L'alliance

La commune prête un local à l'association[^mairie]. {_FILLER}

{_FILLER.replace("bénévoles", "habitants")}

## La solution

{_FILLER.replace("bénévoles", "mécaniciens")}

{_FILLER.replace("bénévoles", "voisins")}

## Les étapes

- **2016** : idée[^mairie].
- **2017** : ouverture[^journal].

## Les résultats

En 2023, 1 200 vélos ont été réparés[^journal]. {_FILLER.replace("bénévoles", "clients")}

## Clés de réussite et points de vigilance

- **Commencer petit** : {_FILLER}

## Pour s'en inspirer

*Lecture de la rédaction.* On pourrait commencer par un local prêté et quelques outils, puis voir. Il faudrait convenir
dès le départ de qui paie le chauffage et de qui tient la caisse.
"""


def read(text: str | bytes, slug: str = "atelier-du-pont", registry: Registry | None = None) -> Reading:
    """Read a text as the file `cases/atelier-du-pont.md`."""
    data = text.encode() if isinstance(text, str) else text
    return read_case(f"cases/{slug}.md", slug, data, TAXONOMY, registry or Registry())


def spoiled(old: str, new: str) -> str:
    """The valid file with one passage replaced, which must be there."""
    assert old in VALID, old
    return VALID.replace(old, new, 1)


def write_corpus(directory: Path, files: Mapping[str, str]) -> Path:
    """Fill a folder with case files and the real vocabularies."""
    for name in ("taxonomy.yaml", "lexique.yaml"):
        if (ROOT / "cases" / name).exists():
            shutil.copy(ROOT / "cases" / name, directory / name)
    for slug, text in files.items():
        (directory / f"{slug}.md").write_text(text, encoding="utf-8")
    return directory
