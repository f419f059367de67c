"""The keys of a site profile, `sites/NAME.toml`, and their translation into a `Site`.

Profiles inside the package are held to be valid by a test, so their selectors are not parsed again
at every start; those in the user's folder are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from scraper.config import checks
from scraper.config.schema import Filled, Table, Url, as_texts, as_tuple, whole
from scraper.site import ArticleMarkup, ChildOrder, EmbeddedData, ListMarkup, Site, Wall


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether the selectors of a profile are known to be good: pydantic's validation context."""

    selectors: bool


def check_selector(text: str, info: ValidationInfo[Trust]) -> str:
    """A CSS selector that lxml can follow."""
    if info.context.selectors:
        return text
    from cssselect import HTMLTranslator, SelectorError  # noqa: PLC0415  # 14 ms

    try:
        HTMLTranslator().css_to_xpath(text)
    except SelectorError as error:
        raise ValueError(f"a CSS selector ({error})") from error
    return text


def check_part(text: str, info: ValidationInfo[Trust]) -> str:
    """A selector inside an item; "" for the item itself, or for nothing."""
    return check_selector(text, info) if text else text


def check_expression(text: str) -> str:
    """A regular expression of Python."""
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"a regular expression ({error})") from error
    return text


def check_story(text: str) -> str:
    """A regular expression that names what of a URL's path is the article's id."""
    if "id" not in re.compile(check_expression(text)).groupindex:
        raise ValueError("a regular expression with a group named id, such as (?P<id>[0-9]+)")
    return text


def check_filled_tuple(values: tuple[str, ...]) -> tuple[str, ...]:
    """A list of at least one."""
    if not values:
        raise ValueError("a list of at least one")
    return values


Selector = Annotated[str, AfterValidator(check_selector)]
Part = Annotated[str, AfterValidator(check_part)]
Selectors = Annotated[tuple[Selector, ...], BeforeValidator(as_texts)]
Some = AfterValidator(check_filled_tuple)
Texts = Annotated[tuple[Filled, ...], BeforeValidator(as_texts)]
Host = Annotated[str, AfterValidator(checks.check_host)]
Expression = Annotated[str, AfterValidator(check_expression)]


class ListTable(Table):
    """One of [[lists]]."""

    name: Filled
    item: Selector
    link: Part = "a[href]"
    title: Part = ""
    time: Part = ""
    summary: Part = ""


class OrderTable(Table):
    """order = { … } of a generation."""

    attribute: Filled
    skip: Annotated[int, whole(0, 100)] = 0
    encoding: Literal["decimal", "base32"] = "decimal"


class EmbeddedTable(Table):
    """[generations.embedded]."""

    variable: Filled
    path: Texts = ()
    headline: Texts = ()
    published: Texts = ()
    modified: Texts = ()


class GenerationTable(Table):
    """One of [[generations]]."""

    name: Filled
    detect: Annotated[Selectors, Some]
    body: Annotated[Selectors, Some]
    headline: Selectors = ()
    published: Selectors = ()
    byline: Selectors = ()
    section: Selectors = ()
    keywords: Selectors = ()
    lead: Selectors = ()
    figures: Selectors = ()
    captions: Selectors = ()
    remove: Selectors = ()
    order: OrderTable | None = None
    embedded: EmbeddedTable | None = None
    next_page: Selectors = ()
    since: date | None = None
    until: date | None = None


class WallTable(Table):
    """[wall]."""

    marks: Selectors = ()
    phrases: Texts = ()


class SiteTable(Table):
    """The whole profile."""

    title: Filled
    canonical: Annotated[str, AfterValidator(checks.check_origin)]
    hosts: Annotated[tuple[Host, ...], BeforeValidator(as_texts), Some]
    story: Annotated[str, AfterValidator(check_story)]
    timezone: Annotated[str, AfterValidator(checks.check_zone)] = "UTC"
    language: Annotated[str, AfterValidator(checks.check_line)] = ""
    title_suffixes: Texts = ()
    sitemaps: Annotated[tuple[Url, ...], BeforeValidator(as_texts)] = ()
    tracking: Texts = ()
    lists: Annotated[tuple[ListTable, ...], BeforeValidator(as_tuple)] = ()
    generations: Annotated[tuple[GenerationTable, ...], BeforeValidator(as_tuple)] = ()
    remove: Selectors = ()
    placeholders: Texts = ()
    boilerplate: Annotated[tuple[Expression, ...], BeforeValidator(as_texts)] = ()
    wall: WallTable = WallTable()
    missing: Texts = ()


KEYS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    (): tuple(SiteTable.model_fields),
    ("lists",): tuple(ListTable.model_fields),
    ("generations",): tuple(GenerationTable.model_fields),
    ("generations", "order"): tuple(OrderTable.model_fields),
    ("generations", "embedded"): tuple(EmbeddedTable.model_fields),
    ("wall",): tuple(WallTable.model_fields),
}


def build_site(name: str, table: SiteTable) -> Site:
    """The profile as the plain value that the rest of the program works with."""
    values = {
        **dict(table),
        "lists": tuple(ListMarkup(**dict(markup)) for markup in table.lists),
        "generations": tuple(_build_generation(markup) for markup in table.generations),
        "wall": Wall(**dict(table.wall)),
    }
    return Site(name=name, **values)


def _build_generation(table: GenerationTable) -> ArticleMarkup:
    values: dict[str, Any] = {
        **dict(table),
        "order": table.order and ChildOrder(**dict(table.order)),
        "embedded": table.embedded and EmbeddedData(**dict(table.embedded)),
    }
    return ArticleMarkup(**values)
