"""Asks one address whether it still answers, and never anything inside this network.

A name is resolved once; every address it gives must be public; the connection is made to that very address, so that a
name that changes meanwhile leads nowhere else. Each redirection goes through the same door.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, quote, urljoin, urlsplit

TIMEOUT = 12.0  # Seconds for each step of a connection.
MOST_REDIRECTIONS = 5
MOST_BYTES = 64_000  # Of an answer's body that are read, to end it decently.
_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GONE = {404, 410}
_FOR_GOOD = {301, 308}
_ASK_AGAIN = {400, 403, 404, 405, 406, 410, 500, 501, 503}
"""Answers to HEAD that GET may not give: many servers only know the latter."""


class State(StrEnum):
    """What became of an address."""

    REPOND = "repond"
    DEPLACEE = "deplacee"
    ABSENTE = "absente"
    INJOIGNABLE = "injoignable"
    INTERDITE = "interdite"
    INCERTAINE = "incertaine"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered: `detail` in French, `vers` where it leads now, `seconds` to wait when it says so."""

    state: State
    detail: str = ""
    vers: str = ""
    seconds: int = 0
    offline: bool = False


class _ForbiddenError(Exception):
    """This address must not be asked; the text says why."""


class Asker:
    """Asks addresses. `allowed` are hosts that may be asked although internal; `agent` says who asks."""

    def __init__(self, allowed: Collection[str] = (), agent: str = "alliances-en-pratique") -> None:
        self._allowed, self._agent = frozenset(allowed), agent
        self._tls = ssl.create_default_context()

    def ask(self, url: str) -> Answer:
        """Whether an address answers. Never raises."""
        try:
            return self._follow(url)
        except _ForbiddenError as error:
            return Answer(State.INTERDITE, str(error))
        except OSError as error:
            return _failed(error)
        except (http.client.HTTPException, ValueError):
            return Answer(State.INCERTAINE, "réponse illisible")

    def _follow(self, url: str) -> Answer:
        here, for_good = url, True
        for _ in range(MOST_REDIRECTIONS + 1):
            status, headers = self._status(here)
            target = headers.get("Location", "")
            if not (300 <= status < 400 and target):
                return _judged(status, headers, here if here != url and for_good else "")
            for_good = for_good and status in _FOR_GOOD
            here = urljoin(here, target)
        return Answer(State.INCERTAINE, f"plus de {MOST_REDIRECTIONS} redirections")

    def _status(self, url: str) -> tuple[int, http.client.HTTPMessage]:
        status, headers = self._request("HEAD", url)
        return self._request("GET", url) if status in _ASK_AGAIN else (status, headers)

    def _request(self, method: str, url: str) -> tuple[int, http.client.HTTPMessage]:
        parts = urlsplit(url)
        host, port = self._checked(parts)
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        connection.default_port = _PORTS[parts.scheme]
        connection.sock = self._connected(host, port, secure=parts.scheme == "https")
        try:
            path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
            query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
            connection.request(method, path + query, headers={"User-Agent": self._agent, "Accept": "*/*"})
            response = connection.getresponse()
            response.read(MOST_BYTES if method == "GET" else 0)
            return response.status, response.headers
        finally:
            connection.close()

    def _checked(self, parts: SplitResult) -> tuple[str, int]:
        """Host and port of an address that may be asked. Raises _ForbiddenError."""
        if parts.scheme not in _PORTS or not parts.hostname:
            raise _ForbiddenError("ce n'est pas une adresse web")
        if parts.username or parts.password:
            raise _ForbiddenError("adresse avec un mot de passe")
        port = parts.port or _PORTS[parts.scheme]
        if port not in _PORTS.values() and parts.hostname not in self._allowed:
            raise _ForbiddenError(f"port {port} inhabituel")
        try:
            host = parts.hostname.encode("idna").decode("ascii") if not parts.hostname.isascii() else parts.hostname
        except UnicodeError as error:
            raise _ForbiddenError("nom de site mal formé") from error
        return host, port

    def _connected(self, host: str, port: int, *, secure: bool) -> socket.socket:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if host not in self._allowed and not all(is_public(one) for one in addresses):
            raise _ForbiddenError("adresse interne à un réseau")
        connection = _first_that_opens(addresses, port)
        if not secure:
            return connection
        try:
            return self._tls.wrap_socket(connection, server_hostname=host)
        except BaseException:
            connection.close()
            raise


def is_public(address: str) -> bool:
    """Whether an IP address is one of the whole Internet, also when it wraps one of the older kind."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            wrapped = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(str(wrapped))
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def _first_that_opens(addresses: list[str], port: int) -> socket.socket:
    failure: OSError = OSError("aucune adresse")
    for address in addresses[:3]:
        try:
            return socket.create_connection((address, port), TIMEOUT)
        except OSError as error:
            failure = error
    raise failure


def _failed(error: OSError) -> Answer:
    """What a connection that failed says of an address, or of this machine's own network."""
    match error:
        case socket.gaierror():
            return Answer(State.INJOIGNABLE, "ce nom de site n'existe plus, ou ne se résout pas", offline=True)
        case ssl.SSLError():
            return Answer(State.INJOIGNABLE, f"connexion sécurisée refusée ({error.reason or 'TLS'})")
        case TimeoutError():
            return Answer(State.INJOIGNABLE, "pas de réponse à temps")
        case _:
            offline = not isinstance(error, ConnectionError)
            return Answer(State.INJOIGNABLE, f"connexion impossible ({error.strerror or 'réseau'})", offline=offline)


def _judged(status: int, headers: http.client.HTTPMessage, moved: str) -> Answer:
    if 200 <= status < 300:
        return Answer(State.DEPLACEE, "a changé d'adresse", moved[:2_000]) if moved else Answer(State.REPOND)
    if status in _GONE:
        return Answer(State.ABSENTE, f"page absente (réponse {status})")
    wait = headers.get("Retry-After", "")
    seconds = min(int(wait), 3_600) if wait.isdecimal() and len(wait) < 9 else 0
    said = "le site refuse les visites automatiques" if status in {401, 403, 429, 999} else "le site est en panne"
    return Answer(State.INCERTAINE, f"{said} (réponse {status})", seconds=max(seconds, 60 if status == 429 else 0))
