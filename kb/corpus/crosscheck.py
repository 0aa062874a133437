"""Rules that hold between files: unique titles, links that lead somewhere, one spelling for an organisation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace

from kb.corpus.acronyms import unexplained
from kb.corpus.case import UNDOCUMENTED, Case
from kb.corpus.catalogue import Corpus
from kb.corpus.organisations import Organisation, Registry, slugify
from kb.corpus.problems import Problem, Severity
from kb.corpus.prose import plain_text, sentences, words
from kb.corpus.validation import Reading

MOST_CASES_A_BEARER = 6
_SAME_THING = {"essaimage-de", "version-locale"}
_LONG_SENTENCE = 12  # Words from which a sentence found in two files is a copy, not a turn of phrase.


def check(corpus: Corpus) -> list[Problem]:
    """Problems between the published cases; what two of them share is told of both, since one may be checked alone."""
    found: list[Problem] = []
    for rule in (_titles, _relations, _twins, _spellings, _bearers, _copies, _acronyms):
        found += rule(corpus)
    return found


def near_spellings(corpus: Corpus) -> list[tuple[Organisation, Organisation]]:
    """Pairs of organisations, at least one unlisted, whose names are so close that they are probably one."""
    unlisted = [one for one in corpus.organisations.values() if one.nom not in corpus.registry]
    pairs = [(one, listed) for one in unlisted if (listed := corpus.registry.near(one.nom))]
    seen = Registry()
    for one in unlisted:
        twin = seen.near(one.nom)
        if twin:
            pairs.append((one, twin))
        seen.add(one)
    return pairs


def _problem(corpus: Corpus, slug: str, field: str, message: str, cure: str, code: str) -> Problem:
    reading: Reading = corpus.readings[f"{slug}.md"]
    document = reading.document
    node = document.root.get(field) if document else None
    path = reading.problems[0].path if reading.problems else f"cases/{slug}.md"
    return Problem(path, node.line if node else 1, field, message, cure, Severity.WARNING, code)


def _titles(corpus: Corpus) -> Iterator[Problem]:
    by_title: dict[str, list[Case]] = defaultdict(list)
    for case in corpus.cases.values():
        by_title[slugify(case.titre)].append(case)
    for twins in by_title.values():
        for case in twins if len(twins) > 1 else ():
            message = f"même titre que {', '.join(twin.slug for twin in twins if twin is not case)}"
            yield _problem(corpus, case.slug, "titre", message, "un titre nomme une seule alliance", "double")


def _relations(corpus: Corpus) -> Iterator[Problem]:
    for case in corpus.cases.values():
        for relation in case.apparentes:
            if relation.cas == case.slug:
                yield _problem(corpus, case.slug, "apparentes", "la fiche se cite elle-même", "retirez le lien", "lien")
            elif relation.cas not in corpus.cases:
                message = f"« {relation.cas} » n'est pas une fiche publiée"
                yield _problem(corpus, case.slug, "apparentes", message, "corrigez ou retirez le lien", "lien")


def _twins(corpus: Corpus) -> Iterator[Problem]:
    """A programme and its local version belong to one category at least: the same reader looks for both."""
    for case in corpus.cases.values():
        for relation in case.apparentes:
            twin = corpus.cases.get(relation.cas)
            if relation.lien in _SAME_THING and twin and not set(case.categories) & set(twin.categories):
                message = (
                    f"« {twin.slug} », même action, est en « {twin.categorie} », cette fiche en « {case.categorie} »"
                )
                cure = "accordez-les, ou ajoutez la catégorie de l'une à « autres_categories » de l'autre"
                yield _problem(corpus, case.slug, "categorie", message, cure, "jumelle")


def _acronyms(corpus: Corpus) -> Iterator[Problem]:
    known = {name for entry in corpus.lexicon for name in (entry.terme, *entry.equivalents)}
    for case in corpus.cases.values():
        for word, field, line in unexplained(case, known):
            cure = "dites ce que c'est la première fois, entre parenthèses, ou ajoutez-le au lexique"
            problem = _problem(corpus, case.slug, field, f"sigle jamais expliqué : « {word} »", cure, "sigle")
            yield replace(problem, line=line) if line else problem


def _spellings(corpus: Corpus) -> Iterator[Problem]:
    users = {slugify(one.nom): case for case in corpus.cases.values() for one in case.organisations}
    for one, other in near_spellings(corpus):
        case = users.get(one.slug)
        if case:
            message = f"« {one.nom} » ressemble à « {other.nom} »"
            cure = "une seule graphie par organisation ; « kb organisations » propose les fusions"
            yield _problem(corpus, case.slug, "organisations", message, cure, "registre")
    types: dict[str, set[str]] = defaultdict(set)
    for case in corpus.cases.values():
        for participation in case.organisations:
            if not participation.collectif:
                types[participation.nom].add(participation.type)
    for case in corpus.cases.values():
        for participation in case.organisations:
            if len(types[participation.nom]) > 1:
                kinds = ", ".join(sorted(types.pop(participation.nom)))
                message = f"« {participation.nom} » a plusieurs types : {kinds}"
                yield _problem(corpus, case.slug, "organisations", message, "fixez-le dans le registre", "registre")


def _bearers(corpus: Corpus) -> Iterator[Problem]:
    counts = Counter(one.nom for case in corpus.cases.values() for one in case.porteurs if not one.collectif)
    for case in corpus.cases.values():
        for one in case.porteurs:
            if counts.pop(one.nom, 0) > MOST_CASES_A_BEARER:
                message = f"« {one.nom} » porte plus de {MOST_CASES_A_BEARER} cas"
                yield _problem(corpus, case.slug, "organisations", message, "variez les porteurs", "porteur")


def _copies(corpus: Corpus) -> Iterator[Problem]:
    users: dict[str, list[str]] = defaultdict(list)
    for case in corpus.cases.values():
        for text in dict.fromkeys(_long_sentences(case)):
            users[text].append(case.slug)
    for text, slugs in users.items():
        for slug in slugs if len(slugs) > 1 else ():
            others = ", ".join(other for other in slugs if other != slug)
            message = f"phrase identique dans {others} : « {text[:60]}… »"
            yield _problem(corpus, slug, "corps", message, "récrivez l'une des deux", "copie")


def _long_sentences(case: Case) -> Iterator[str]:
    for section in case.sections:
        for sentence in sentences(section.markdown):
            text = plain_text(sentence.text)
            if len(words(text)) >= _LONG_SENTENCE and UNDOCUMENTED not in text:
                yield text
