from __future__ import annotations

import pytest

from kb.corpus.prose import has_figure, plain_text, sentences, word_count


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("Un **mot** fort[^a], un *autre*[^b].", "Un mot fort, un autre."),
        ("- un\n- deux\n  suite", "un\ndeux suite"),
        ("voir [la page](https://x.example/a) ici", "voir la page ici"),
        ("Une ligne\ncoupée.\n\nUne autre.", "Une ligne coupée.\nUne autre."),
    ],
)
def test_plain_text_is_what_a_reader_reads(markdown: str, plain: str) -> None:
    assert plain_text(markdown) == plain


def test_sentences_keep_their_notes_and_their_lines() -> None:
    found = list(sentences("Un fait[^a]. Un autre.[^b] Puis M. Dupont vient.\n\n- **2016** : début[^c]."))
    assert [(sentence.text, sentence.notes, sentence.line) for sentence in found] == [
        ("Un fait[^a].", ("a",), 1),
        ("Un autre.[^b]", ("b",), 1),
        ("Puis M. Dupont vient.", (), 1),
        ("- **2016** : début[^c].", ("c",), 3),
    ]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("En 2019, on ouvre.", True),
        ("Une quinzaine de salariés.", True),
        ("Trois communes suivent.", True),
        ("Des millions de repas.", True),
        ("Une commune suit.", False),
        ("Les deux partenaires s'entendent.", False),
        ("Le CO2 baisse.", False),
        ("Une association loi 1901.", False),
        ("Pendant le Covid-19.", False),
        ("Groupe 3F ouvre la porte.", False),
        ("Un fait noté[^source-2].", False),
    ],
)
def test_what_counts_as_a_figure(sentence: str, expected: bool) -> None:
    assert has_figure(sentence, ["Groupe 3F"]) is expected


def test_words_are_counted_as_read() -> None:
    assert word_count("L'**alliance**[^a] tient : 1 200 vélos.") == 5
