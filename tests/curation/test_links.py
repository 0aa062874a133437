"""Checking links: a true server on this machine, allowed for the test alone; nothing internal otherwise."""

from __future__ import annotations

import datetime
import http.server
import socket
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from kb.config import Settings
from kb.corpus.catalogue import load
from kb.curation.linking import asking
from kb.curation.linking.asking import Answer, Asker, State, is_public
from kb.curation.linking.checking import Checker, Known, LinkBook, addresses_of, stale
from kb.errors import RefusedError
from tests.corpus.samples import VALID, write_corpus
from tests.web.serving import running

TODAY = datetime.date(2026, 11, 21)


class Site(http.server.BaseHTTPRequestHandler):
    """Answers each address as its path says."""

    seen: list[tuple[str, str, float]]

    def do_HEAD(self) -> None:
        self.seen.append((self.command, self.path, time.monotonic()))
        name, _, rest = self.path.strip("/").partition("/")
        if name == "lent":
            time.sleep(1.5)
        if name in {"head-405", "head-404"} and self.command == "HEAD":
            self.send_response(int(name[-3:]))
        elif name in {"301", "302"}:
            self.send_response(int(name))
            self.send_header("Location", rest if "://" in rest else f"/{rest}")
        elif name == "boucle":
            self.send_response(302)
            self.send_header("Location", "/boucle")
        elif name == "429":
            self.send_response(429)
            self.send_header("Retry-After", "120")
        elif name == "charabia":
            self.wfile.write(b"\x00\x01 pas du HTTP\r\n\r\n")
            self.close_connection = True
            return
        else:
            self.send_response(int(name) if name.isdecimal() else 200)
        self.end_headers()
        if name == "enorme" and self.command == "GET":
            self.wfile.write(b"x" * 10_000_000)

    do_GET = do_HEAD  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def site() -> Iterator[str]:
    Site.seen = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    with running(server) as address:
        yield address


@pytest.fixture
def asker() -> Asker:
    return Asker({"127.0.0.1"}, "essai")


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("ok?q=été&x=1#ancre", State.REPOND), ("404", State.ABSENTE), ("410", State.ABSENTE), ("403", State.INCERTAINE),
        ("503", State.INCERTAINE), ("429", State.INCERTAINE), ("301/ok", State.DEPLACEE), ("302/ok", State.REPOND),
        ("301/404", State.ABSENTE), ("boucle", State.INCERTAINE), ("head-405", State.REPOND),
        ("head-404", State.REPOND),
        ("enorme", State.REPOND), ("charabia", State.INCERTAINE), ("301/http://10.0.0.1/", State.INTERDITE),
        ("302/http://169.254.169.254/latest/meta-data", State.INTERDITE), ("302/file:///etc/passwd", State.INTERDITE),
        ("302/http://localhost/", State.INTERDITE),
        ("302/gopher://x/", State.INTERDITE),
    ],
)  # fmt: skip
def test_an_address_is_judged_by_what_it_answers(asker: Asker, site: str, path: str, state: State) -> None:
    assert asker.ask(f"{site}/{path}").state is state


def test_an_address_that_moved_for_good_says_where(asker: Asker, site: str) -> None:
    assert asker.ask(f"{site}/301/ok").vers == f"{site}/ok"


def test_a_server_that_does_not_answer_is_left(asker: Asker, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "TIMEOUT", 0.3)
    assert asker.ask(f"{site}/lent") == Answer(State.INJOIGNABLE, "pas de réponse à temps")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://localhost/", "http://[::1]/",
        "http://[::ffff:127.0.0.1]/", "http://10.1.2.3/", "http://192.168.1.1/", "http://172.16.0.1/",
        "http://169.254.169.254/", "http://0.0.0.0/", "http://[fe80::1]/", "http://[fc00::1]/", "http://100.64.0.1/",
        "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://224.0.0.1/", "ftp://example.org/", "http:///x",
        "http://user:secret@example.org/", "http://example.org:22/", "file:///etc/passwd", "javascript:alert(1)", "",
        "http://exa mple/",
    ],
)  # fmt: skip
def test_nothing_inside_a_network_is_ever_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> socket.socket:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(asking.socket, "create_connection", never)
    assert Asker().ask(url).state in {State.INTERDITE, State.INJOIGNABLE, State.INCERTAINE}


def test_a_name_with_one_internal_address_among_others_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr(asking.socket, "getaddrinfo", lambda *_, **__: both)
    assert Asker().ask("http://exemple.org/").detail == "adresse interne à un réseau"


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that changes between the check and the connection (DNS rebinding) leads nowhere else."""
    answers = iter(["93.184.216.34", "127.0.0.1", "127.0.0.1"])
    reached = []

    def resolve(*_: object, **__: object) -> list[object]:
        return [(2, 1, 6, "", (next(answers), 80))]

    def connect(address: tuple[str, int], *_: object) -> socket.socket:
        reached.append(address)
        raise ConnectionRefusedError(111, "refus")

    monkeypatch.setattr(asking.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(asking.socket, "create_connection", connect)
    assert Asker().ask("http://exemple.org/").state is State.INJOIGNABLE
    assert reached == [("93.184.216.34", 80)]


@pytest.mark.parametrize(
    ("address", "public"),
    [("93.184.216.34", True), ("2606:2800:220:1::1", True), ("::ffff:8.8.8.8", True), ("::ffff:10.0.0.1", False),
     ("64:ff9b::808:808", True), ("64:ff9b::a00:1", False), ("192.0.2.1", False), ("255.255.255.255", False),
     ("pas une adresse", False), ("fe80::1%eth0", False)],
)  # fmt: skip
def test_public_addresses_are_told_from_the_others(address: str, public: bool) -> None:
    assert is_public(address) is public


# Many addresses


def check(asker: Asker, urls: list[str], folder: Path, spacing: float = 0.0) -> dict[str, Known]:
    return Checker(asker, LinkBook(folder), spacing=spacing).check(urls, TODAY, lambda *_: None)


def test_answers_are_kept_and_those_of_other_addresses_too(asker: Asker, site: str, tmp_path: Path) -> None:
    book = LinkBook(tmp_path)
    book.write({"http://autre.example/": Known(State.ABSENTE, "page absente", "", TODAY)})
    check(asker, [f"{site}/ok", f"{site}/404", f"{site}/ok"], tmp_path)
    assert {url.rpartition("/")[2]: one.state for url, one in book.read().items()} == {
        "": State.ABSENTE, "ok": State.REPOND, "404": State.ABSENTE,
    }  # fmt: skip


def test_one_site_is_asked_one_thing_at_a_time_without_haste(asker: Asker, site: str, tmp_path: Path) -> None:
    check(asker, [f"{site}/ok/{n}" for n in range(3)], tmp_path, spacing=0.2)
    moments = [moment for _, _, moment in Site.seen]
    assert all(later - before >= 0.19 for before, later in pairwise(moments))


def test_a_site_that_asks_to_wait_is_left_alone(asker: Asker, site: str, tmp_path: Path) -> None:
    found = check(asker, [f"{site}/429", f"{site}/ok", f"{site}/404"], tmp_path)
    assert [one.state for one in found.values()] == [State.INCERTAINE] * 3
    assert [path for _, path, _ in Site.seen] == ["/429"]


def test_offline_nothing_is_noted_and_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(asking.socket, "getaddrinfo", lost)
    urls = [f"http://site-{n}.example/" for n in range(50)]
    with pytest.raises(RefusedError, match="hors ligne"):
        check(Asker(), urls, tmp_path)
    assert LinkBook(tmp_path).read() == {}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"x": 1}', '{"x": {"etat": "??", "detail": "", "vers": "", "jour": "x"}}']
)
def test_a_spoiled_file_of_answers_is_an_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "liens.json").write_text(text)
    assert LinkBook(tmp_path).read() == {}


def test_only_what_was_not_asked_lately_is_asked_again() -> None:
    known = {
        "a": Known(State.REPOND, "", "", TODAY), "b": Known(State.REPOND, "", "", TODAY - datetime.timedelta(days=30)),
        "c": Known(State.REPOND, "", "", TODAY + datetime.timedelta(days=3)),
    }  # fmt: skip
    assert stale(["a", "b", "c", "d"], known, TODAY, 30) == ["b", "c", "d"], "a clock set back asks again"


def test_the_command_says_what_to_mend_and_where(site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from kb.cli import main

    (tmp_path / "cases").mkdir()
    text = VALID.replace("https://journal.example.org/atelier", f"{site}/ok#haut")
    write_corpus(
        tmp_path / "cases", {"atelier-du-pont": text.replace("https://mairie.example.org/atelier", f"{site}/404")}
    )
    for name in ("cases", "instance"):
        monkeypatch.setenv(f"KB_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("KB_LINKS_ALLOW", "127.0.0.1")
    monkeypatch.setattr("kb.curation.linking.checking.SPACING", 0.0)
    told = CliRunner().invoke(main, ["links"])
    assert told.exit_code == 1
    assert f"atelier-du-pont:mairie: {site}/404 : page absente (réponse 404)" in told.output
    asked = len(Site.seen)
    again = CliRunner().invoke(main, ["links", "atelier-du-pont"])
    assert (again.exit_code, len(Site.seen)) == (1, asked), "not asked twice in a month"
    assert CliRunner().invoke(main, ["links", "rien"]).exit_code == 2
    monkeypatch.setenv("KB_LINKS_ALLOW", "")
    refused = CliRunner().invoke(main, ["links", "--jours", "0"])
    assert "interdite" in refused.output or "adresse interne" in refused.output or "inhabituel" in refused.output
    assert addresses_of(load(Settings.from_environment().cases).cases.values()).keys() == {f"{site}/ok", f"{site}/404"}
