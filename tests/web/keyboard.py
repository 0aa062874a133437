"""Walks a page with the Tab key, as somebody without a mouse does."""

from __future__ import annotations

from playwright.sync_api import Page

_MOST = 600
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const shown = one.closest('.carte, .annee') ? one.querySelector('path, rect') : one;
  const box = shown.getBoundingClientRect();
  const styles = [getComputedStyle(one), getComputedStyle(shown), getComputedStyle(one, '::after')];
  const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 40), 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const inside = top && (one.contains(top) || top.contains(one) || top.closest('label')?.contains(one));
  return {
    name: one.outerHTML.slice(0, 140),
    id: [...document.querySelectorAll('*')].indexOf(one),
    visible: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    marked: styles.some((style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
      || style.boxShadow !== 'none' || (style.stroke !== 'none' && parseFloat(style.strokeWidth) >= 3)),
    covered: !inside && !one.closest('svg'),
  };
}"""
"""What has the focus: its name and place in the page; whether it is on the screen, marked, and not covered."""


def walk(page: Page) -> int:
    """Press Tab from the top to the end; the number of things reached, each seen, with its focus, once only."""
    seen: list[int] = []
    for _ in range(_MOST):
        page.keyboard.press("Tab")
        state = page.evaluate(FOCUSED)
        if state is None or (seen and state["id"] == seen[0]):
            break
        seen.append(state["id"])
        assert state["visible"], f"hors de l'écran : {state['name']}"
        assert state["marked"], f"focus invisible : {state['name']}"
        assert not state["covered"], f"couvert : {state['name']}"
    assert len(seen) == len(set(seen))
    return len(seen)
