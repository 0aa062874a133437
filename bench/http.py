"""`python -m bench.http [SIZE…]`: pages of results served by gunicorn, beside those of Datasette on the same cases.

The cases are the base's own, repeated under other names until there are enough. Two workers, sixteen connections:
processor time a request, over all the processes of the server, and requests a second.
"""

from __future__ import annotations

import argparse
import http.client
import importlib.util
import itertools
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import quote

from bench.rivals import FACETS, tags_of, text_of
from kb.config import ROOT
from kb.corpus.catalogue import load
from kb.search.analysis import fold
from kb.search.french import STOP_WORDS

SECONDS = 6.0
CONNECTIONS = 16
_TICK = os.sysconf("SC_CLK_TCK")


def multiply(folder: Path, size: int) -> None:
    """Write `size` case files: the published ones, again and again under other titles."""
    for name in ("taxonomy.yaml", "organisations.yaml", "lexique.yaml"):
        if (ROOT / "cases" / name).exists():
            (folder / name).write_bytes((ROOT / "cases" / name).read_bytes())
    published = sorted(load(ROOT / "cases").cases)
    for number, slug in zip(range(size), itertools.cycle(published), strict=False):
        text = (ROOT / "cases" / f"{slug}.md").read_text(encoding="utf-8")
        turn = number // len(published)
        if turn:
            text = re.sub(r"^titre:.*(?:\n  .*)*$", f"titre: Cas {number}", text, count=1, flags=re.MULTILINE)
            text = re.sub(r"^apparentes:\n(?:  .*\n)*", "", text, flags=re.MULTILINE)
        (folder / (f"{slug}-{turn}.md" if turn else f"{slug}.md")).write_text(text, encoding="utf-8")


@cache
def words() -> list[str]:
    """Words to search, each time another one: a server that keeps its answers has nothing to answer from.

    They are those of the published cases, so that nearly every search has an answer, from one case to most of them.
    """
    cases = load(ROOT / "cases").cases.values()
    found = {word for case in cases for word in re.findall(r"[^\W\d_]{4,}", text_of(case).lower())}
    known = sorted(word for word in found if fold(word) not in STOP_WORDS)
    random.Random(11).shuffle(known)
    return known


def addresses() -> list[str]:
    filters = itertools.cycle(("", "&region=bretagne", "&region=occitanie&etape=essaimage", "&categorie=mecenat"))
    return [f"/recherche?q={quote(word)}{choice}" for word, choice in zip(words(), filters, strict=False)]


def datasette_addresses() -> list[str]:
    facets = "".join(f"&_facet_array={facet}" for facet in FACETS)
    return [f"/base/doc?_search={quote(word)}{facets}&_size=12" for word in words()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: Sequence[str], port: int, environment: dict[str, str]) -> Iterator[int]:
    """A server under way, ended with the block; gives its process."""
    process = subprocess.Popen(
        command, env=os.environ | environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(3_000):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(300)  # Datasette ends what it is asked first


def processor(pid: int) -> float:
    """Seconds of processor used by a process and its children so far."""
    total = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(path.parent.name) == pid or int(fields[1]) == pid:
            total += (int(fields[11]) + int(fields[12])) / _TICK
    return total


def memory(pid: int) -> float:
    """Resident megabytes of the biggest child of a server."""
    biggest = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rsplit(")", 1)[1].split()[1])
            told = (path.parent / "status").read_text()
        except OSError:
            continue
        if parent == pid and (resident := re.search(r"VmRSS:\s+(\d+)", told)):
            biggest = max(biggest, int(resident[1]) / 1000)
    return biggest


def load_test(port: int, pid: int, asked: Sequence[str]) -> tuple[float, float]:
    """(processor ms a request, requests a second) over SECONDS, after a first round to warm up."""
    _round(port, asked, 1.5)
    before, begun = processor(pid), time.perf_counter()
    served = _round(port, asked, SECONDS)
    return (processor(pid) - before) * 1000 / served, served / (time.perf_counter() - begun)


def _round(port: int, asked: Sequence[str], seconds: float) -> int:
    served = [0] * CONNECTIONS
    stop = time.perf_counter() + seconds

    def work(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for address in itertools.islice(itertools.cycle(asked), number * len(asked) // CONNECTIONS, None):
            if time.perf_counter() > stop:
                break
            connection.request("GET", address, headers={"Accept-Encoding": "identity"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, (answer.status, address)
            served[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(served)


def measure_site(cases: Path, index: Path) -> tuple[float, float, float]:
    """(processor ms a request, requests a second, megabytes of a worker)."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "app:app", "-w", "2", "-b", f"127.0.0.1:{port}", "--timeout", "900"]
    environment = {"KB_CASES": str(cases), "KB_INDEX": str(index), "KB_INSTANCE": str(index / "instance")}
    # Built apart, as `make site` does: a worker that builds keeps the memory that it took.
    subprocess.run(
        [sys.executable, "-c", "from kb.cli import main; main()", "index"], env=os.environ | environment, check=True
    )
    with serving(command, port, environment) as pid:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=900)
        connection.request("GET", "/recherche")  # The first request reads the cases.
        connection.getresponse().read()
        return *load_test(port, pid, addresses()), memory(pid)


def measure_datasette(cases: Path, folder: Path) -> tuple[float, float]:
    base = sqlite3.connect(folder / "base.db")
    columns = ", ".join(f"{facet} TEXT" for facet in FACETS)
    base.execute(f"CREATE TABLE doc (id INTEGER PRIMARY KEY, slug TEXT, titre TEXT, texte TEXT, {columns})")
    for case in load(cases).cases.values():
        tags = tags_of(case)
        lists = ["[" + ", ".join(f'"{value}"' for value in tags[facet]) + "]" for facet in FACETS]
        row = [case.slug, case.titre, text_of(case), *lists]
        base.execute(f"INSERT INTO doc VALUES (NULL, {', '.join('?' * len(row))})", row)  # noqa: S608
    base.execute("CREATE VIRTUAL TABLE doc_fts USING fts5(titre, texte, content='doc', content_rowid='id')")
    base.execute("INSERT INTO doc_fts(rowid, titre, texte) SELECT id, titre, texte FROM doc")
    base.commit()
    base.close()
    port = free_port()
    options = ["--setting", "suggest_facets", "off", "--setting", "facet_time_limit_ms", "20000"]
    options += ["--setting", "sql_time_limit_ms", "20000", "-p", str(port)]
    command = [sys.executable, "-m", "datasette", "serve", str(folder / "base.db"), *options]
    with serving(command, port, {}) as pid:
        return load_test(port, pid, datasette_addresses())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=(450,), metavar="SIZE")
    for size in parser.parse_args().sizes:
        with tempfile.TemporaryDirectory() as name:
            cases, index = Path(name) / "cases", Path(name) / "index"
            cases.mkdir()
            index.mkdir()
            multiply(cases, size)
            cpu, speed, megabytes = measure_site(cases, index)
            told = f"{cpu:.2f} CPU ms a page, {speed:,.0f} pages/s, {megabytes:.0f} MB a worker"
            print(f"{size:,} cases: {told}", flush=True)
            if importlib.util.find_spec("datasette"):
                theirs, their_speed = measure_datasette(cases, Path(name))
                print(f"  Datasette: {theirs:.2f} (×{theirs / cpu:.1f}), {their_speed:,.0f} pages/s")


if __name__ == "__main__":
    main()
