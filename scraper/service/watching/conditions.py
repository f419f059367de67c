"""From what is known to what is wrong: the conditions that hold now. Pure.

A kind of condition is one function in KINDS, from the facts to the conditions of that kind.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from scraper.protocol.conditions import Condition, Severity
from scraper.service.watching.facts import Facts
from scraper.service.watching.failing import failing, failing_in_part, host_down, stopped
from scraper.state.conditions import Refusals

ENOUGH_REFUSED = 5  # of the last articles of a source
REFUSED_SHARE = 0.5
NONE_REFUSED = Refusals(0, 0)
INODES_LOW = 10_000
WITHDRAWN_NEWS = timedelta(days=1)  # how long it is news that an article was withdrawn


def hold_now(facts: Facts) -> tuple[Condition, ...]:
    """Every condition that holds."""
    return tuple(condition for kind in KINDS for condition in kind(facts))


# -- sources that are read ------------------------------------------------------------------------


def _stale(facts: Facts) -> Iterable[Condition]:
    """A source that answers as ever, and lists nothing new for far longer than is usual for it."""
    for source, record in facts.polled:
        if record.stale_since and record.stopped_at is None:
            yield Condition(
                key=f"source:{source.name}:stale",
                kind="stale",
                subject=source.name,
                title=f"{source.name} lists nothing new",
                message=(
                    "its lists answer, but for far longer than is usual for it nothing new is in "
                    f"them; compare {source.urls[0]} with the site in a browser: has the section "
                    "moved?"
                ),
                since=record.stale_since,
                silenced=record.failures > 0,
            )


def _refused(facts: Facts) -> Iterable[Condition]:
    """A source of whose latest articles many could not be archived: a wall, or a redesign."""
    for source, record in facts.polled:
        name, found = source.name, facts.refusals.get(source.name, NONE_REFUSED)
        enough = max(ENOUGH_REFUSED, found.articles * REFUSED_SHARE)
        if found.latest and found.refused >= enough:
            yield Condition(
                key=f"source:{name}:refused",
                kind="refused",
                subject=name,
                title=f"{name}: most of its new articles cannot be archived",
                message=(
                    f"among the last {found.articles}, say {found.example}; is there a wall, or "
                    "were the pages redesigned? `scraper status` shows more"
                ),
                wait=source.every,  # what fails in passing is tried again within
                silenced=record.failures > 0,
            )


def _drifting(facts: Facts) -> Iterable[Condition]:
    """A source whose latest articles are another kind of page than those before."""
    for found in facts.drifting:
        yield Condition(
            key=f"source:{found.source}:drift",
            kind="drift",
            subject=found.source,
            title=f"{found.source}: its articles have changed",
            message=(
                f"{found.what} (read by {found.generation}); compare some of the latest files with "
                "their pages: were they redesigned?"
            ),
            since=found.since,
        )


def _strange_lists(facts: Facts) -> Iterable[Condition]:
    """A list that answers well, and is far from what it usually is."""
    for found in facts.strange:
        yield Condition(
            key=f"source:{found.source}:list:{found.url}",
            kind="strange",
            subject=found.source,
            title=f"{found.source}: one of its lists is not as usual",
            message=f"{found.url}: {found.what}; open it in a browser: was it redesigned?",
            since=found.since,
        )


def _withdrawn(facts: Facts) -> Iterable[Condition]:
    """Articles that the site withdrew; news, but no trouble that ends."""
    if not facts.settings.withdrawn:
        return
    for article in facts.withdrawn:
        yield Condition(
            key=f"article:{article.id}:withdrawn",
            kind="withdrawn",
            subject="",
            title=f"withdrawn: {article.title}",
            message=f"{article.url} is not there any more; its text is kept in {article.path}",
            since=article.at,
            ends=False,
        )


def _uncovered(facts: Facts) -> Iterable[Condition]:
    """A source of whose listed articles too few are archived, and nothing told says why."""
    bound = facts.settings.coverage_below
    refused = {condition.subject for condition in _refused(facts)}
    for source, record in facts.polled:
        if facts.coverage.get(source.name, 1.0) < bound:
            yield Condition(
                key=f"source:{source.name}:coverage",
                kind="coverage",
                subject=source.name,
                title=f"{source.name}: too little of what it lists is archived",
                message=(
                    f"less than {bound:.0%} (alerts.coverage_below); "
                    "`scraper status --coverage` shows when and why"
                ),
                silenced=record.failures > 0 or source.name in refused,
            )


# -- the machine -----------------------------------------------------------------------------------


def _low_disk(facts: Facts) -> Iterable[Condition]:
    space, low = facts.space, facts.settings.disk_low
    if space is None:
        return
    few = space.free_inodes is not None and space.free_inodes < INODES_LOW
    if space.free_bytes < low or (few and low):
        what = (
            f"less than {low / 1e9:g} GB (alerts.disk_low)"
            if space.free_bytes < low
            else (f"room for fewer than {INODES_LOW} files")
        )
        yield Condition(
            key="disk:low",
            kind="disk",
            subject="",
            title="the archive's disk is nearly full",
            message=f"{what} is left; free space, or move the archive to a larger disk",
            severity=Severity.CRITICAL,
        )


def _unwritable(facts: Facts) -> Iterable[Condition]:
    if facts.unwritable:
        yield Condition(
            key="archive:unwritable",
            kind="archive",
            subject="",
            title="the archive cannot be written",
            message=f"{facts.unwritable}; nothing is archived until this is mended",
            severity=Severity.CRITICAL,
        )


def _network(facts: Facts) -> Iterable[Condition]:
    if facts.network_down:
        yield Condition(
            key="network:down",
            kind="network",
            subject="",
            title="no site can be reached",
            message="the network of this machine seems to be down: check it and its name servers",
            severity=Severity.CRITICAL,
        )


Kind = Callable[[Facts], Iterable[Condition]]
KINDS: tuple[Kind, ...] = (
    _network,
    _unwritable,
    _low_disk,
    stopped,
    host_down,
    failing,
    failing_in_part,
    _stale,
    _refused,
    _uncovered,
    _drifting,
    _strange_lists,
    _withdrawn,
)
