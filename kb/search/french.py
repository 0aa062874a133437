"""What the analysis knows of French: words that say nothing, elisions, plurals. All folded, as `analysis.fold` does."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words whose apostrophe or hyphens do not separate anything: folded form as written → the one word they are.
WHOLE = {
    "aujourd'hui": "aujourdhui",
    "c'est-a-dire": "cestadire",
    "peut-etre": "peutetre",
    "vis-a-vis": "visavis",
    "est-ce": "estce",
    "d'abord": "dabord",
    "d'ailleurs": "dailleurs",
    "quelqu'un": "quelquun",
    "quelqu'une": "quelquune",
    "prud'hommes": "prudhomme",
    "prud'homme": "prudhomme",
    "prud'homal": "prudhomme",
    "entr'aide": "entraide",
}
ELIDED = _words("c d j l m n s t qu jusqu lorsqu puisqu quoiqu quelqu")

STOP_WORDS = ELIDED | _words("""
    a afin ai aie aient ainsi ait alors apres as au aucun aucune aura aurait auront aussi autre autres aux
    avaient avait avant avec avez avoir avons ayant car ce ceci cela celle celles celui cependant ces cestadire cet
    cette ceux chaque chez ci comme contre dabord dailleurs dans de des depuis donc dont du elle elles en encore entre
    es est estce et etaient etait etant etc ete etes etre eu eux fut il ils je jusque la le les leur leurs lors lorsque
    lui ma mais me meme memes mes moi mon ne ni nos notre nous on ont or ou par parce pas pendant peutetre plus pour
    pourtant puis puisque qua que quelque quelques quelquun quelquune qui quoi sa se selon sera serait seront ses si
    soi soit sommes son sont sous suis sur ta te tel telle telles tels tes toi ton tous tout toute toutes tres tu un
    une vers via visavis voici voila vos votre vous y
""")
"""Folded words that say nothing by themselves; kept in names, since « Toit à moi » is one."""

QUESTION_WORDS = _words("""
    cherche chercher combien comment connaitre existe existent existetil faire fait faut peut peuvent pourquoi pourrait
    pouvoir quand quel quelle quelles quels lequel laquelle lesquels lesquelles savoir trouve trouver veut veux voudrais
""")
"""Words of a question about the base rather than of its subject: left out of a search that has other words."""

COMMON_PLACES = _words("""
    ain cher creuse dole drome eure gard grasse landes laval lens lot manche marne nord orange orne port redon sens
    somme thiers tour tours var vienne
""")
"""Departments and towns that are also common words: a place only with its capital."""

UNSTEMMED = _words("""
    iae siae cae dae
    aidant amende attention cafe collectif collectivite communication communique concert concertation courant cours
    course delai departement donnee environnement foyer gens gers isolation loyer mars martinique mere mobilier opera
    parlement pays petit petition public publicite repas repit rue serie taxi tennis univers vendee
""")
"""Words that their stem would mistake for another: « IAE » is not « IA », « répit » not « repas », « environ » not
« environnement », « loyer » not « loi ». Their other forms are in `FORMS`."""

FORMS = {
    **{f"{word}s": word for word in UNSTEMMED if not word.endswith("s")},
    **dict.fromkeys(_words("aidante aidantes"), "aidant"),
    **dict.fromkeys(_words("collective collectives"), "collectif"),
    **dict.fromkeys(_words("communiquee communiquees"), "communique"),
    **dict.fromkeys(_words("courante courantes"), "courant"),
    **dict.fromkeys(_words("environnemental environnementale environnementales environnementaux"), "environnement"),
    **dict.fromkeys(_words("petite petites"), "petit"),
    **dict.fromkeys(_words("publique publiques"), "public"),
    **dict.fromkeys(_words("martiniquais martiniquaise martiniquaises"), "martinique"),
}
"""Forms of a word that the stemmer would not bring together."""

PLURALS = {
    "travaux": "travail",
    "baux": "bail",
    "vitraux": "vitrail",
    "yeux": "oeil",
    **{f"{noun}x": noun for noun in _words("lieu milieu jeu enjeu voeu feu neveu cheveu aveu adieu bijou genou")},
}
