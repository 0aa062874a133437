"""French words as they are typed and as they are written: a table of promises, and what offsets refer to."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.analysis import NAME_ANALYSER, TEXT_ANALYSER, fold, stem, surface_forms, words
from kb.search.engine import Engine
from kb.search.results import Matching
from tests.search import samples

# (typed, written in the file, found)
PROMISES = [
    ("competences", "le mécénat de compétences", True),
    ("COMPÉTENCES", "le mécénat de compétences", True),
    ("compétence", "des competences variées", True),
    ("Mecenat", "MÉCÉNAT", True),
    ("coeur", "au cœur du quartier", True),
    ("cœur", "au coeur du village", True),
    ("oeuvre", "une main-d’œuvre locale", True),
    ("main d'oeuvre", "la main-d’œuvre formée", True),
    ("ex aequo", "deux lauréats ex æquo", True),
    ("insertion", "un chantier d’insertion", True),
    ("l'insertion", "insertion durable", True),
    ("l’insertion", "pour l'insertion", True),
    ("l insertion", "vers l'insertion sociale", True),
    ("insertion", "qu'insertion rime avec emploi", True),
    ("orientation", "jusqu’orientation s’ensuive", True),
    ("aujourd'hui", "Aujourd’hui, douze lieux", True),
    ("aujourdhui", "ce qu'aujourd'hui promet", True),
    ("hui", "aujourd'hui seulement", False),
    ("mal-logement", "contre le mal logement", True),
    ("mal logement", "contre le mal-logement", True),
    ("mallogement", "un mal-logement tenace", True),
    ("mal-logement", "un mallogement ancien", True),
    ("co-construction", "une coconstruction patiente", True),
    ("coconstruction", "une co-construction lente", True),
    ("tiers lieu", "trois tiers-lieux ruraux", True),
    ("tiers-lieux", "un tiers lieu rural", True),
    ("auto-école", "l’auto-école sociale", True),
    ("autoecole", "une auto‑école solidaire", True),
    ("c'est-à-dire vélo", "un vélo prêté", True),
    ("entr'aide", "de l'entraide familiale", True),
    ("entraide", "l'entr’aide ouvrière", True),
    ("travaux", "un travail d'été", True),
    ("hôpital", "deux hopitaux publics", True),
    ("réseau", "les réseaux locaux", True),
    ("local", "des acteurs locaux", True),
    ("milieu", "en milieux ouverts", True),
    ("bureau", "des bureaux vides", True),
    ("isolée", "les personnes isolees", True),
    ("isolé", "des aînées isolées", True),
    ("handicap", "les salariés handicapés", True),
    ("handicapees", "un élève handicapé", True),
    ("bénévole", "les bénévoles du samedi", True),
    ("logements", "un logement digne", True),
    ("salariés", "les salarié·e·s volontaires", True),
    ("agriculteurs", "chaque agriculteur.rice", True),
    ("habitantes", "un·e habitant·e", True),
    ("SIAE", "une S.I.A.E. locale", True),
    ("siae", "des SIAE agréées", True),
    ("IAE", "une solution d'IA libre", False),
    ("R&D", "un budget de R&D", True),
    ("119 000", "119 000 bouteilles", True),
    ("119000", "119 000 euros", True),
    ("6,5", "soit 6,5 millions", True),
    ("6.5", "près de 6,5 tonnes", True),
    ("65", "à peine 6,5 degrés", False),
    ("2019", "en mars 2019", True),
    ("École", "une e\u0301cole primaire", True),
    ("ecole", "une é\u00adcole maternelle", True),
    ("île", "L'Île-aux-Moines", True),
    ("naïf", "un art naif", True),
    ("Noël", "avant NOEL", True),
    ("garçon", "un garcon timide", True),
    ("vélo ?", "prêt de vélos cargos", True),
    ("vélo!!!", "atelier vélo", True),
    ("(vélo)", "« vélo »", True),
    ("emploi", "mille emplois créés", True),
    ("emplois", "un emploi stable", True),
    ("élu", "les élus locaux", True),
    ("détenus", "un détenu libéré", True),
    ("loi", "deux lois récentes", True),
    ("rural", "la ruralité vivante", True),
    ("fragile", "une grande fragilité", True),
    ("sportif", "une équipe sportive", True),
    ("paysans", "une épicerie paysanne", True),
    ("sans-abri", "des sans abri aidés", True),
    ("sans abri", "les sans-abri aidés", True),
    ("visite", "trois visites guidées", True),
    ("limites", "une limite connue", True),
    ("financier", "une aide financière", True),
    ("public", "la commande publique", True),
    ("petits", "une petite commune", True),
    ("Martinique", "les élèves martiniquais", True),
    ("aidants", "une aidante épuisée", True),
    ("répit", "un repas chaud", False),
    ("environnement", "environ trente élèves", False),
    ("département", "le départ du maire", False),
    ("loyers", "les lois votées", False),
    ("aidants", "une aide au loyer", False),
    ("données", "des dons en nature", False),
    ("communication", "la commune voisine", False),
    ("collectif", "la collecte des bouchons", False),
    ("mères", "au bord de la mer", False),
    ("recyclage", "une recyclerie", False),
    ("verger", "un jardin potager", False),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    cases = [samples.case(f"cas-{number}", corps=written) for number, (_, written, _) in enumerate(PROMISES)]
    return samples.engine(tmp_path_factory.mktemp("index"), cases)


@pytest.mark.parametrize(
    ("number", "typed", "written", "found"),
    [(number, *promise) for number, promise in enumerate(PROMISES)],
    ids=[f"{typed} / {written}" for typed, written, _ in PROMISES],
)
def test_what_is_typed_finds_what_is_written(
    engine: Engine, number: int, typed: str, written: str, found: bool
) -> None:
    results = samples.search(engine, typed)
    assert (results.matching is Matching.ALL_WORDS and f"cas-{number}" in results.slugs) is found


@pytest.mark.parametrize(
    "word",
    ["accompagnées", "écoles", "solidarités", "créées", "énergétique", "métiers", "éloignés", "aînés", "réinsérés"],
)
def test_a_word_without_its_accents_has_the_same_stem(word: str) -> None:
    bare = "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
    assert stem(fold(bare)) == stem(fold(word))


def test_offsets_refer_to_the_text_as_written() -> None:
    text = "Au cœur : l’auto-école\nsolidaire"
    found = [(token.text, text[token.startchar : token.endchar]) for token in _tokens(text)]
    assert found == [
        ("coeur", "cœur"),
        ("auto", "auto"),
        ("autoecol", "auto-école"),
        ("ecol", "école"),
        ("solidair", "solidaire"),
    ]


def test_lines_are_too_far_apart_for_an_exact_expression() -> None:
    positions = [token.pos for token in _tokens("accueil\nsolidaire")]
    assert positions[1] - positions[0] > 10


def test_names_keep_their_stop_words() -> None:
    assert [token.text for token in NAME_ANALYSER("Toit à moi")] == ["toit", "a", "moi"]
    assert [token.text for token in TEXT_ANALYSER("Toit à moi")] == ["toit"]


def test_corrections_propose_words_as_they_are_written() -> None:
    assert list(surface_forms("L’École, 12 élèves et un vélo")) == [
        ("école", "ecole"),
        ("élèves", "eleves"),
        ("vélo", "velo"),
    ]


@given(st.text(max_size=200))
def test_any_text_is_cut_into_folded_words_inside_it(text: str) -> None:
    for word in words(text):
        for part in word.parts:
            assert 0 <= part.start < part.end <= len(text)
            assert part.text == part.text.lower()
            assert stem(part.text)


def _tokens(text: str) -> list[object]:
    return [token.copy() for token in TEXT_ANALYSER(text, positions=True, chars=True)]
