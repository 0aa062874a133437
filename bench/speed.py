"""`python -m bench.speed [SIZE…]`: a page of results by our engine and by others, on the same seeded cases, in one run.

Figures are processor time; machines are noisy, so the ratios are what counts. `--json FILE` keeps the figures, from
which `python -m bench.plot` makes the table and the plot of docs/performance.md. `--index DIR` keeps our index from
one run to the next: 45,000 cases take Whoosh a quarter of an hour.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.corpus import make_cases, taxonomy, vocabulary
from bench.rivals import Ask, Rival, rivals
from kb.corpus.case import Case
from kb.corpus.organisations import Organisation
from kb.corpus.taxonomy import Taxonomy
from kb.search.analysis import fold
from kb.search.documents import Material
from kb.search.engine import Engine, open_engine
from kb.search.french import STOP_WORDS
from kb.search.index import open_generation
from kb.search.query import SearchQuery

SIZES = (450, 4_500, 45_000)
ASKED = 100
KINDS = ("everything", "one word", "3 words, all", "3 words, any", "expression", "word + 2 filters")
NATIVE_UP_TO = 4_500  # Whoosh as its manual says takes minutes to build and seconds to answer beyond.


@dataclass(frozen=True)
class Holdings:
    """A corpus as the engine sees it."""

    cases: dict[str, Case]
    taxonomy: Taxonomy = field(default_factory=taxonomy)
    organisations: dict[str, Organisation] = field(default_factory=dict)


def asks(kind: str, seed: int = 7) -> list[Ask]:
    """The same searches for every engine: words that stand together in some case, so that all of them answer."""
    draw = random.Random(f"{seed} {kind}")
    known = {word for word in vocabulary()[0][:3_000] if word.isalpha() and fold(word) not in STOP_WORDS}
    made = []
    for case in make_cases(ASKED, seed=20):
        body = [word.rstrip(".") for section in case.sections for word in section.markdown.split()]
        pairs = [pair for pair in pairwise(body) if known.issuperset(pair)]
        some = tuple(draw.sample(sorted(known.intersection(body)), 3))
        filters = (
            ("region", tuple(draw.sample(list(taxonomy()["region"]), 2))),
            ("etape", tuple(draw.sample(list(taxonomy()["etape"]), 1))),
        )
        made.append(
            {
                "everything": Ask(),
                "one word": Ask(some[:1]),
                "3 words, all": Ask(some),
                "3 words, any": Ask(some, "OU"),
                "expression": Ask(draw.choice(pairs), "expression"),
                "word + 2 filters": Ask(some[:1], "ET", filters),
            }[kind]
        )
    return made


def ours(ask: Ask) -> SearchQuery:
    joined = " OU " if ask.joined == "OU" else " "
    text = joined.join(ask.words)
    return SearchQuery(texte=f'"{text}"' if ask.joined == "expression" else text, termes=ask.filters)


def median_cpu(page: Callable[[Ask], object], asked: Sequence[Ask]) -> float:
    """Milliseconds of processor a page, after a first one to warm up."""
    page(asked[0])
    times = []
    for ask in asked:
        begun = time.process_time()
        page(ask)
        times.append((time.process_time() - begun) * 1000)
    return statistics.median(times)


def measure_ours(holdings: Holdings, index: Path) -> tuple[dict[str, float], Engine]:
    begun = time.perf_counter()
    open_engine(index, holdings)
    built = time.perf_counter() - begun
    begun = time.perf_counter()
    engine = open_engine(index, holdings)
    engine.search(SearchQuery(texte="quartier"))
    cold = (time.perf_counter() - begun) * 1000
    pages = {kind: median_cpu(lambda ask: engine.search(ours(ask)), asks(kind)) for kind in KINDS}
    (snapshot,) = sorted(index.glob("g-*/instantane.bin"))[-1:]
    return pages | {
        "build (s)": built,
        "open and first answer (ms)": cold,
        "slowest hostile search (ms)": slowest(engine),
        "suggestion (ms)": suggestion(engine),
        "snapshot (MB)": snapshot.stat().st_size / 1e6,
    }, engine


def slowest(engine: Engine) -> float:
    """The costliest search that a visitor can type, among those that were found to cost most."""
    common = [word for word in vocabulary()[0][:400] if fold(word) not in STOP_WORDS and len(word) > 2]
    long = [word for word in common if len(word) > 6]
    texts = [
        " ".join(common[:60]),
        " OU ".join(common[:40]),
        " ".join(f"{word}*" for word in sorted({word[:3] for word in common})[:60]),
        " OU ".join(f"{word}*" for word in ("con", "pro", "dé ", "com", "par", "int", "rec", "sol")),
        " ".join(f"-{word}" for word in common[:60]),
        '"' + " ".join(common[:40]) + '"',
        "-".join(common[:40]),
        " ".join(f"{word[:-2]}zq" for word in long[:30]),
    ]
    times = []
    for text in texts:
        begun = time.process_time()
        engine.search(SearchQuery.parse([("q", text), ("region", "bretagne")], taxonomy()))
        times.append((time.process_time() - begun) * 1000)
    return max(times)


def suggestion(engine: Engine) -> float:
    engine.suggest("qu")
    draw = random.Random(3)
    typed = [Ask((word[: draw.randint(2, 5)],)) for word in draw.sample(vocabulary()[0][:3_000], 50)]
    return median_cpu(lambda ask: engine.suggest(ask.words[0]), typed)


def measure_update(holdings: Holdings, index: Path) -> float:
    """Milliseconds from an edited case to an engine that finds it."""
    times = []
    cases = dict(holdings.cases)
    for slug in sorted(cases)[:3]:
        digest = f"{time.time_ns():x}"
        cases[slug] = replace(cases[slug], titre=f"{cases[slug].titre} quartier", digest=digest)
        begun = time.perf_counter()
        open_generation(index, Material(dict(cases), holdings.taxonomy))
        times.append((time.perf_counter() - begun) * 1000)
    return min(times)


def measure_rival(kind: type[Any], holdings: Holdings, folder: Path) -> dict[str, float]:
    rival: Rival = kind(folder)
    begun = time.perf_counter()
    rival.build(holdings.cases[slug] for slug in sorted(holdings.cases))
    return {"build (s)": time.perf_counter() - begun} | {name: median_cpu(rival.page, asks(name)) for name in KINDS}


def run(size: int, index: Path | None) -> dict[str, dict[str, float]]:
    """Every engine on a corpus of `size` cases."""
    holdings = Holdings({case.slug: case for case in make_cases(size)})
    figures: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = index or Path(name) / "ours"
        figures["ours"], _ = measure_ours(holdings, folder)
        for kind in rivals():
            if kind.name.startswith("Whoosh") and size > NATIVE_UP_TO:
                continue
            figures[kind.name] = measure_rival(kind, holdings, Path(name))
        figures["ours"]["update of a case (ms)"] = measure_update(holdings, folder)
    figures["ours"]["memory of this process, peak (MB)"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return figures


def show(size: int, figures: dict[str, dict[str, float]]) -> None:
    print(f"\n{size:,} cases: CPU ms a page, median of {ASKED} (× ours)")
    for name, values in figures.items():
        cells = (
            f"{kind} {values[kind]:.2f}" + (f" (×{values[kind] / figures['ours'][kind]:.1f})" if name != "ours" else "")
            for kind in KINDS
        )
        print(f"  {name}: {', '.join(cells)}")
    print("  " + ", ".join(f"{key} {value:.1f}" for key, value in figures["ours"].items() if key not in KINDS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, metavar="SIZE")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--index", type=Path, metavar="DIR", help="keeps our index of each size under DIR")
    options = parser.parse_args()
    results = {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()}",
        "sizes": {},
    }
    for size in options.sizes:
        figures = run(size, options.index / str(size) if options.index else None)
        results["sizes"][str(size)] = figures
        show(size, figures)
        if options.json:
            options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
