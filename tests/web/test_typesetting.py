from __future__ import annotations

import pytest
from jinja2 import Environment

from kb.web.typesetting import TypesetTemplates


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("Qui est-ce ?", "Qui est-ce\u202f?"),
        ("« {{ mot }} »", "«\u00a0x\u00a0»"),
        ("l'{{ mot }} d'<b>or</b>", "l’x d’<b>or</b>"),
        (
            '<svg viewBox="0 0 404 408"><path d="M0 100 200"/></svg>',
            '<svg viewBox="0 0 404 408"><path d="M0 100 200"/></svg>',
        ),
        ('<a href="/x?a=1 ;b">Oui : non</a>', '<a href="/x?a=1 ;b">Oui\u00a0: non</a>'),
        ("{% if mot == 'x' and 1 < 2 %}a ; b{% endif %}", "a\u202f; b"),
        ('<p{% if 2 > 1 %} class="a"{% endif %}>1 000 !</p>', '<p class="a">1\u202f000\u202f!</p>'),
    ],
)
def test_the_words_of_a_template_are_typeset_and_nothing_else(source: str, printed: str) -> None:
    environment = Environment(extensions=[TypesetTemplates], autoescape=True)
    assert environment.from_string(source).render(mot="x") == printed
