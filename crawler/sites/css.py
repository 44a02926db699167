"""CSS selectors of site definitions: checked as they are read, and matched in time linear in the page.

XPath, into which CSS is commonly translated, compares node sets with each other where a selector has several steps or
alternatives: 26 s for `p, b` on a page of 200,000 elements. Here XPath finds the elements that the last step may mean,
in one pass, and each is then followed up to its ancestors, every ancestor once.

What can be written: names, `#id`, `.class`, `[attribute]` in all forms, `:not()`, `:is()`, `:where()`, `:empty`, the
combinators `>`, `+` and space, commas; where a text is meant also `::text` and `::attr(name)` at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeGuard

import cssselect
from cssselect import parser
from lxml import etree
from parsel.csstranslator import HTMLTranslator

MAX_LENGTH = 500
MAX_ALTERNATIVES = 20
MAX_STEPS = 10

Combinator = Literal["", " ", ">", "+"]


_COMBINATORS: dict[str, Combinator] = {" ": " ", ">": ">", "+": "+"}


class BadSelector(ValueError):
    """What is no CSS selector, or one that a definition cannot use; the message is a phrase for a sentence."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One compound selector, and how the step before it stands to it."""

    combinator: Combinator
    anywhere: etree.XPath
    here: etree.XPath


@dataclass(frozen=True, slots=True)
class Selector:
    """A compiled selector: alternatives of steps; `pseudo` is `text`, `attr` with `attribute`, or empty."""

    text: str
    alternatives: tuple[tuple[_Step, ...], ...]
    pseudo: str = ""
    attribute: str = ""


@lru_cache(maxsize=1024)
def compiled(text: str, *, texts: bool = False) -> Selector:
    """The compiled selector; `texts` allows `::text` and `::attr(name)`. Raises BadSelector."""
    if len(text) > MAX_LENGTH:
        raise BadSelector(f"longer than {MAX_LENGTH} characters")
    try:
        parsed = cssselect.parse(text)
    except (cssselect.SelectorError, RecursionError) as error:
        raise BadSelector(f"no CSS selector: {error}") from error
    if len(parsed) > MAX_ALTERNATIVES:
        raise BadSelector(f"more than {MAX_ALTERNATIVES} selectors in one")
    pseudos = {_pseudo(one, texts) for one in parsed}
    if len(pseudos) > 1:
        raise BadSelector("its parts between commas do not end in the same ::text or ::attr()")
    try:
        alternatives = tuple(tuple(_steps(one.parsed_tree)) for one in parsed)
    except (cssselect.SelectorError, etree.XPathError, RecursionError) as error:
        raise BadSelector(f"no CSS selector that can be used here: {error}") from error
    return Selector(text, alternatives, *pseudos.pop())


def elements(root: etree._Element, text: str) -> list[etree._Element]:
    """The elements at and below `root` that a selector matches, in document order. Raises BadSelector.

    Ancestors above `root` count for what stands left of a space or `>`, as in a browser.
    """
    return _matches(root, compiled(text, texts=True))


def values(root: etree._Element, text: str) -> list[str]:
    """The texts that a selector finds at and below `root`: of whole elements, of `::text` nodes, of attributes."""
    selector = compiled(text, texts=True)
    found: list[str] = []
    for element in _matches(root, selector):
        if selector.pseudo == "attr":
            value = element.get(selector.attribute)
            if value is not None:
                found.append(value)
        elif selector.pseudo == "text":
            found.extend(piece for piece in (element.text, *(child.tail for child in element)) if piece)
        else:
            found.append(str(etree.tostring(element, method="text", encoding="unicode", with_tail=False)))
    return found


def _pseudo(selector: parser.Selector, texts: bool) -> tuple[str, str]:
    pseudo = selector.pseudo_element
    if pseudo is None:
        return "", ""
    if not texts:
        raise BadSelector("it must select elements, so it cannot end in ::text or ::attr()")
    if pseudo == "text":
        return "text", ""
    if isinstance(pseudo, parser.FunctionalPseudoElement) and pseudo.name == "attr":
        if len(pseudo.arguments) == 1 and pseudo.arguments[0].type in ("IDENT", "STRING"):
            return "attr", str(pseudo.arguments[0].value).lower()
        raise BadSelector("::attr() takes the name of one attribute")
    raise BadSelector("of the pseudo-elements only ::text and ::attr(name) are known")


def _steps(tree: parser.Tree) -> list[_Step]:
    """The steps of one alternative from left to right."""
    right: list[tuple[Combinator, parser.Tree]] = []
    while isinstance(tree, parser.CombinedSelector):
        combinator = _COMBINATORS.get(tree.combinator)
        if combinator is None:
            raise BadSelector(f"{tree.combinator!r} compares an element with all its siblings; use a class")
        right.append((combinator, tree.subselector))
        tree = tree.selector
        if len(right) >= MAX_STEPS:
            raise BadSelector(f"more than {MAX_STEPS} steps")
    steps: list[tuple[Combinator, parser.Tree]] = [("", tree), *reversed(right)]
    translator = HTMLTranslator()
    found = []
    for combinator, compound in steps:
        _check(compound)
        expression = str(translator.xpath(compound))
        found.append(
            _Step(
                combinator,
                etree.XPath(f"descendant-or-self::{expression}"),
                etree.XPath(f"boolean(self::{expression})"),
            )
        )
    return found


def _check(tree: parser.Tree) -> None:
    """Let only what one look at an element decides through. Raises BadSelector."""
    if isinstance(tree, parser.Element):
        if tree.namespace not in (None, "*"):
            raise BadSelector("a namespace; pages have none")
    elif isinstance(tree, parser.Negation):
        _check(tree.selector)
        _check(tree.subselector)
    elif isinstance(tree, parser.Matching | parser.SpecificityAdjustment):
        _check(tree.selector)
        for one in tree.selector_list:
            _check(one)
    elif (isinstance(tree, parser.Pseudo) and tree.ident == "empty") or isinstance(
        tree, parser.Class | parser.Hash | parser.Attrib
    ):
        _check(tree.selector)
    elif isinstance(tree, parser.CombinedSelector):
        raise BadSelector("a combinator inside :not(), :is() or :where()")
    else:
        name = getattr(tree, "ident", getattr(tree, "name", "has"))
        raise BadSelector(f":{name} is slow on large pages or means nothing in an archived one; use classes")


def _is_empty(tree: parser.Tree) -> TypeGuard[parser.Pseudo]:
    return isinstance(tree, parser.Pseudo) and tree.ident == "empty"


def _matches(root: etree._Element, selector: Selector) -> list[etree._Element]:
    found: set[etree._Element] = set()
    matched: list[etree._Element] = []
    for steps in selector.alternatives:
        nodes = steps[-1].anywhere(root)
        climb = _Climb(steps)
        last = len(steps) - 1
        matched = [
            node
            for node in (nodes if isinstance(nodes, list) else ())
            if isinstance(node, etree._Element) and climb.joined(node, last)
        ]
        if len(selector.alternatives) > 1:
            found.update(matched)
    return [node for node in root.iter() if node in found] if found else matched


class _Climb:
    """Whether the steps of one alternative lead to an element; what an ancestor answered is remembered."""

    def __init__(self, steps: tuple[_Step, ...]) -> None:
        self._steps = steps
        self._matched: dict[tuple[etree._Element, int], bool] = {}
        self._below: dict[tuple[etree._Element, int], bool] = {}

    def joined(self, node: etree._Element, step: int) -> bool:
        """Whether the steps before `step` lead to a node that `step` itself matches."""
        combinator = self._steps[step].combinator
        if combinator == "":
            return True
        if combinator == " ":
            return self._has_ancestor(node, step - 1)
        before = node.getparent() if combinator == ">" else node.getprevious()
        return before is not None and self._matches(before, step - 1)

    def _matches(self, node: etree._Element, step: int) -> bool:
        key = (node, step)
        known = self._matched.get(key)
        if known is None:
            known = self._matched[key] = bool(self._steps[step].here(node)) and self.joined(node, step)
        return known

    def _has_ancestor(self, node: etree._Element, step: int) -> bool:
        # Pages nest deeper than Python's calls may, so this goes up in a loop; calls nest as deep as there are steps.
        passed: list[etree._Element] = []
        above: etree._Element | None = node
        answer = False
        while above is not None:
            known = self._below.get((above, step))
            if known is not None:
                answer = known
                break
            passed.append(above)
            above = above.getparent()
            if above is not None and self._matches(above, step):
                answer = True
                break
        for one in passed:
            self._below[one, step] = answer
        return answer
