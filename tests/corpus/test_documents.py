from __future__ import annotations

from kb.config import ROOT
from kb.corpus.documents import render_document


def test_the_guide_becomes_a_page_with_its_parts() -> None:
    page = render_document((ROOT / "docs" / "guide-du-curateur.md").read_text(encoding="utf-8"))
    assert page.titre == "Guide du curateur"
    assert "<h1" not in page.html
    assert "<!--" not in page.html
    assert all(f'<h2 id="{anchor}">' in page.html for anchor, _ in page.parts)
    assert "Classer" in [heading for _, heading in page.parts]
    assert page.html.count("<table>") == page.html.count('<div class="tab dense" tabindex="0"><table>') >= 1


def test_nothing_in_a_document_runs() -> None:
    page = render_document(
        "# T\n\n<script>alert(1)</script> [x](javascript:alert(1)) <b onclick=x>gras</b> l'eau ; `l'un ;`\n"
    )
    assert "<script" not in page.html
    assert "javascript:" not in page.html
    assert "onclick" not in page.html
    assert "l’eau\u202f; <code>l'un ;</code>" in page.html
