"""`python -m bench.judgments`: our own judged searches, kind by kind, then those that do worst."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.metrics import ndcg, report
from kb.config import ROOT
from kb.corpus.catalogue import LEXICON, load
from kb.corpus.lexicon import read_lexicon
from kb.search.engine import open_engine
from kb.search.lexicon import Lexicon
from kb.search.query import SearchQuery
from tests.relevance.judgments import judged_only, read_judgments

WORST = 15


def main() -> None:
    judged = read_judgments()
    with tempfile.TemporaryDirectory() as index:
        engine = open_engine(Path(index), load(ROOT / "cases"), lexicon=Lexicon(read_lexicon(ROOT / "cases" / LEXICON)))
        answers = [(one, judged_only(engine.search(SearchQuery(texte=one.texte)).slugs, judged)) for one in judged]
    for genre in dict.fromkeys(one.genre for one in judged):
        print(f"{genre:14}", report([(slugs, one.grades) for one, slugs in answers if one.genre == genre]))
    print(f"{'all':14}", report([(slugs, one.grades) for one, slugs in answers]), end="\n\n")
    for one, slugs in sorted(answers, key=lambda pair: ndcg(pair[1], pair[0].grades))[:WORST]:
        print(f"{ndcg(slugs, one.grades):.2f} « {one.texte} » gives {', '.join(slugs[:4]) or 'nothing'}")


if __name__ == "__main__":
    main()
