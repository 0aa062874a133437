"""The empty case file that `kb new` writes: every key with its meaning, every section with its question."""

from __future__ import annotations

import datetime
import json

from kb.corpus.case import SECTIONS, UNDOCUMENTED

# Comments: they are not published, and a section that holds nothing else is still to be written.
_QUESTIONS = {
    "besoin": "Qu'est-ce qui manquait, à qui, et comment le sait-on ?",
    "alliance": "Qui s'est allié avec qui ? Qu'apporte chacun, qu'y gagne-t-il ?",
    "solution": "Que font-ils, concrètement ?",
    "etapes": "Une ligne par date : - **2019** : ce qui s'est passé[^source-a].",
    "resultats": "Qu'est-ce que cela a donné ? Chaque chiffre a sa date et sa note.",
    "cles": "Ce qui a aidé, ce qui a été difficile : - **Commencer petit** : pourquoi[^source-a].",
    "inspiration": "*Lecture de la rédaction.* Que pourrait garder quelqu'un qui commencerait demain ? (Sans note.)",
}


def skeleton(titre: str, today: datetime.date) -> str:
    """Text of a new case file; `kb check` then says what is still to be filled in."""
    head = _HEAD.format(titre=json.dumps(titre, ensure_ascii=False), today=today.isoformat(), year=today.year)
    sections = [f"## {heading}\n\n<!-- {_QUESTIONS[key]} -->\n" for key, heading in SECTIONS]
    return f"{head}\n" + "\n".join(sections) + f"\n<!-- Ce qui manque après recherche s'écrit : {UNDOCUMENTED}. -->\n"


_HEAD = """---
titre: {titre}
# 280 caractères au plus ; se comprend seul.
resume:

# mecenat, pratiques-responsables, cooperation-economique ou innovation-societale
categorie:
# 1 à 3 domaines, le principal d'abord ; définitions : « kb termes domaine »
domaines: []
impacts: []
leviers: []
odd: []
publics: []

# où l'action se déroule, ou [nationale]
regions: []
departements: []
lieu:
# local, regional, pluriregional, national ou international
echelle:

debut:
# conception, experimentation, modelisation, essaimage ou industrialisation
etape:
# active, terminee, transformee ou inconnue
statut:
# mois ou année de la source la plus récente : {year}-01, ou « vers {year} »
situation_au:

# le porteur d'abord ; chaque apport et chaque gain a sa source
organisations:
  - nom:
    type: association
    role: porteur
  - nom:
    type: entreprise
    role: partenaire
    apport:
    source: source-a

# 4 repères au plus ; nature : constat ou objectif
# chiffres:
#   - {{valeur: "120", libelle: personnes accompagnées, date: {year}, source: source-a, nature: constat}}

consulte: {today}
sources:
  source-a:
    titre:
    editeur:
    url:
  source-b:
    titre:
    editeur:
    url:

# verifie : date de la relecture par une autre personne ; sans elle la fiche n'est pas publiée
redaction: {{auteur: Équipe éditoriale, cree: {today}}}
---
"""
