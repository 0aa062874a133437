"""A page as a tree, and what every page of the site must respect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "circle", "path", "rect"})
HEADINGS = ("h1", "h2", "h3", "h4")


@dataclass
class Node:
    """An element: its attributes and what it holds."""

    tag: str
    attributes: dict[str, str]
    children: list[Node | str] = field(default_factory=list)
    parent: Node | None = None

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)

    def walk(self) -> Iterator[Node]:
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.walk()

    def all(self, *tags: str, cls: str = "", **attributes: str) -> list[Node]:
        """Elements below with one of these tags, this class and these attributes."""
        return [
            node
            for node in self.walk()
            if (not tags or node.tag in tags)
            and (not cls or cls in (node.get("class") or "").split())
            and all(node.get(name.rstrip("_").replace("_", "-")) == value for name, value in attributes.items())
        ]

    def one(self, *tags: str, cls: str = "", **attributes: str) -> Node:
        found = self.all(*tags, cls=cls, **attributes)
        assert len(found) == 1, f"{len(found)} × {tags} {cls} {attributes}"
        return found[0]

    def by_id(self, name: str) -> Node:
        return self.one(id=name)

    @property
    def text(self) -> str:
        """What is read, spaces joined; no-break spaces are kept."""
        return re.sub(r"[ \n\t]+", " ", self._raw).strip(" ")

    @property
    def _raw(self) -> str:
        return "".join(child if isinstance(child, str) else child._raw for child in self.children)

    @property
    def ancestors(self) -> Iterator[Node]:
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Node("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"{tag}: attribut en double"
        node = Node(tag, {name: value or "" for name, value in attrs}, parent=self.here)
        self.here.children.append(node)
        if tag not in VOID:
            self.here = node

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.here.tag == tag, f"</{tag}> ferme <{self.here.tag}> : {self.here.text[:80]}"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def parse(html: str) -> Node:
    """The tree of a page; every element must be closed where it should be."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.here is builder.root, f"<{builder.here.tag}> n'est pas fermé"
    return builder.root


def plain(text: str) -> str:
    """A text with ordinary spaces and apostrophes, to compare with what one types."""
    return text.replace("\u202f", " ").replace("\u00a0", " ").replace("’", "'")


def check_conventions(page: Node) -> None:
    """What holds of every page: structure, names, labels, no inline style or script, French typography."""
    assert page.one("html").get("lang") == "fr"
    _check_title(page)
    _check_names(page)
    _check_controls(page)
    _check_nothing_inline(page)
    _check_headings(page)
    _check_typography(page)


def _check_title(page: Node) -> None:
    title, heading = page.one("head").one("title").text, page.one("h1").text
    found = [node.text for node in page.all("h2", id="h-res")]
    site = "Alliances en pratique"
    said = heading in title or any(text in title for text in found) or title == site
    assert said, f"le titre « {title} » ne dit pas « {heading} »"
    assert title.endswith(site)
    assert page.one("meta", name="description")["content"]


def _check_names(page: Node) -> None:
    ids = [node["id"] for node in page.walk() if "id" in node.attributes]
    assert len(ids) == len(set(ids)), f"ids en double : {[one for one in ids if ids.count(one) > 1]}"
    for node in page.walk():
        for name in ("aria-labelledby", "aria-describedby", "for", "form"):
            for target in (node.get(name) or "").split():
                assert target in ids, f"{node.tag} {name}={target} ne désigne rien"
        href = node.get("href") or ""
        if node.tag == "a" and href.startswith("#"):
            assert href[1:] in ids, f"ancre morte : {href}"


def _check_controls(page: Node) -> None:
    labelled = {node["for"] for node in page.all("label") if "for" in node.attributes}
    for node in page.all("input", "select", "textarea"):
        if node.get("type") == "hidden":
            continue
        wrapped = any(above.tag == "label" for above in node.ancestors)
        assert wrapped or node.get("aria-label") or node.get("id") in labelled, f"sans étiquette : {node.attributes}"
    for form in page.all("form"):
        assert form.get("action"), "formulaire sans action"
    for node in (*page.all("a"), *page.all("button")):
        assert node.text or node.get("aria-label"), f"sans nom : {node.attributes}"
    for nav in page.all("nav"):
        assert nav.get("aria-label") or nav.get("aria-labelledby"), "navigation sans nom"


def _check_nothing_inline(page: Node) -> None:
    assert not page.all("style")
    for node in page.walk():
        assert "style" not in node.attributes, f"style dans {node.tag}"
        assert not [name for name in node.attributes if name.startswith("on")], node.attributes
        assert not (node.get("href") or "").lower().startswith("javascript:")
    for script in page.all("script"):
        assert script.get("src") or script.get("type") == "application/ld+json"


def _check_headings(page: Node) -> None:
    levels = [int(node.tag[1]) for node in page.walk() if node.tag in HEADINGS]
    assert levels.count(1) == 1
    for before, after in pairwise(levels):
        assert after <= before + 1, f"titre de niveau {after} après un niveau {before}"


def _check_typography(page: Node) -> None:
    literal = {"script", "code", "pre", "title", "option", "textarea"}
    for node in page.one("body").walk():
        if node.tag in literal:
            continue
        for child in node.children:
            if isinstance(child, str):
                assert not re.search(r"\w'\w|« |[^\s] [;!?»]", child), f"typographie : {child.strip()[:80]!r}"
