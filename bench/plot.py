"""`python -m bench.plot FILE…`: from the figures of `bench.speed --json` to docs/performance.md and its plot."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

from bench.speed import KINDS
from kb.config import ROOT

PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "images" / "performance.svg"
_BEGIN, _END = "<!-- figures -->\n", "<!-- end of figures -->\n"
_COLOURS = {
    "ours": "#0b6e4f",
    "SQLite FTS5": "#c26a00",
    "tantivy-py": "#3b5bdb",
    "Whoosh as its manual says": "#868e96",
}
_LEFT, _WIDTH, _BAR, _LOW, _HIGH = 210, 430, 13, 0.05, 500.0


def tables(results: dict[str, Any]) -> str:
    """One table a size: CPU ms a page, and how many times ours."""
    lines = [f"Measured on {results['date']}, {results['machine']}.\n"]
    for size, figures in sorted(results["sizes"].items(), key=lambda pair: int(pair[0])):
        lines.append(f"\n### {int(size):,} cases\n\n| engine | {' | '.join(KINDS)} |\n|---|{'---|' * len(KINDS)}\n")
        for name, values in figures.items():
            cells = (_cell(values[kind], figures["ours"][kind], name) for kind in KINDS)
            lines.append(f"| {name} | {' | '.join(cells)} |\n")
        rest = (f"{key} {value:,.1f}" for key, value in figures["ours"].items() if key not in KINDS)
        lines.append(f"\nOurs besides: {'; '.join(rest)}.\n")
    return "".join(lines)


def _cell(value: float, ours: float, name: str) -> str:
    return f"{value:.2f}" + (f" (×{value / ours:.1f})" if name != "ours" else "")


def plot(results: dict[str, Any]) -> str:
    """Bars on a logarithmic scale, one panel a size, one group a kind of search."""
    panels, top = [], 40
    for size, figures in sorted(results["sizes"].items(), key=lambda pair: int(pair[0])):
        panels.append(_text(10, top, f"{int(size):,} cases", "font-weight='bold'"))
        top += 12
        for kind in KINDS:
            panels.append(_text(_LEFT - 8, top + _BAR * len(figures) / 2 + 4, kind, "text-anchor='end'"))
            for name, values in figures.items():
                width = _position(values[kind]) - _LEFT
                panels.append(
                    f"<rect x='{_LEFT}' y='{top}' width='{width:.1f}' height='{_BAR - 2}' fill='{_COLOURS[name]}'/>"
                )
                panels.append(_text(_LEFT + width + 4, top + 10, f"{values[kind]:.2f}", "font-size='10'"))
                top += _BAR
            top += 7
        top += 28
    legend = "".join(
        f"<rect x='{10 + 170 * place}' y='8' width='12' height='12' fill='{colour}'/>"
        + _text(27 + 170 * place, 18, name, "font-size='11'")
        for place, (name, colour) in enumerate(_COLOURS.items())
    )
    label = "CPU milliseconds a page of results, by engine, logarithmic scale"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 720 {top}' font-family='sans-serif' font-size='12' "
        f"role='img' aria-label='{label}'><rect width='720' height='{top}' fill='#fff'/>{legend}{''.join(panels)}"
        f"</svg>\n"
    )


def _position(value: float) -> float:
    share = (math.log(value) - math.log(_LOW)) / (math.log(_HIGH) - math.log(_LOW))
    return _LEFT + _WIDTH * min(max(share, 0.01), 1.0)


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f"<text x='{x:.0f}' y='{y:.0f}' {more}>{text}</text>"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    results: dict[str, Any] = {"sizes": {}}
    for path in parser.parse_args().files:
        read = json.loads(path.read_text(encoding="utf-8"))
        results = read | {"sizes": results["sizes"] | read["sizes"]}
    before, rest = PAGE.read_text(encoding="utf-8").split(_BEGIN)
    after = rest.split(_END)[1]
    PAGE.write_text(before + _BEGIN + tables(results) + _END + after, encoding="utf-8")
    PLOT.write_text(plot(results), encoding="utf-8")


if __name__ == "__main__":
    main()
