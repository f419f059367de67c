"""`status --coverage`: what of the listed articles is archived, what is missing and why."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scraper.cli import heatmap
from scraper.cli.output import iso
from scraper.cli.redline import in_colour
from scraper.cli.session import Session
from scraper.protocol.coverage import DAY, Tally
from scraper.protocol.gaps import Span

if TYPE_CHECKING:
    from scraper.state.articles import ArticleRecord
    from scraper.state.database import State
    from scraper.state.gaps import Gap

GAPS = 10  # of a source that are shown


def show(session: Session, names: tuple[str, ...], limit: int) -> None:
    """Print the coverage of these sources, or of all, and the newest missing articles."""
    from scraper.service.crawling.covering import newest_missing, tallies
    from scraper.state.database import open_state

    session.check_sources(names)
    path = session.configuration.archive.root / ".scraper" / "state.sqlite"
    state, now = open_state(path, read_only=True), datetime.now(UTC)
    try:
        found: dict[str, list[Tally]] = {}
        for one in tallies(state, now - 31 * DAY, now):
            found.setdefault(one.source, []).append(one)
        for source in names or tuple(s.name for s in session.configuration.sources):
            _one(session, state, source, found.get(source, []), now)
        _missing(session, newest_missing(state, names, limit))
    finally:
        state.close()


def _one(session: Session, state: "State", source: str, own: list[Tally], now: datetime) -> None:
    from scraper.protocol.coverage import shares

    record, gaps = state.sources.get(source), state.gaps.latest(source, GAPS)
    missed = dict(record.missed) if record else {}
    known = shares(own, now).get(source, {})
    if session.output.as_json:
        session.output.record(
            {
                "event": "coverage",
                "source": source,
                "shares": {name: round(share, 4) for name, share in known.items()},
                "missed": missed,
                "hours": [_facts(one) for one in own],
                "gaps": [_gap_facts(gap) for gap in gaps],
            }
        )
        return
    session.output.line(f"{source}   {heatmap.percentages(known)}")
    holes = [Span(gap.begins, gap.ends) for gap in gaps if gap.standing != "filled"]
    session.output.text("\n".join(heatmap.lines(own, holes, now, colour=in_colour())))
    for url, count in missed.items():
        session.output.line(f"{url} missed {count} of what was listed last")
    for gap in gaps:
        session.output.line(_gap_line(gap))
    session.output.line("")


def _missing(session: Session, articles: "list[ArticleRecord]") -> None:
    if not session.output.as_json:
        session.output.line(heatmap.LEGEND)
        session.output.line("Missing, the newest first:" if articles else "Nothing is missing.")
    for article in articles:
        reason = article.reason or "not asked for yet"
        facts: dict[str, object] = {
            "event": "missing",
            "id": article.id,
            "url": article.url,
            "source": article.source,
            "status": article.status,
            "reason": reason,
            "published": iso(article.published),
            "first_seen": iso(article.first_seen),
            "due": iso(article.due),
        }
        status = article.status.replace("_", " ")
        session.output.result(facts, f"  {status:11} {article.id}  {reason}")


def _facts(one: Tally) -> dict[str, object]:
    return {
        "at": iso(one.at),
        "whole_day": one.whole_day,
        "listed": one.listed,
        "archived": one.archived,
        "missing": dict(one.missing),
    }


def _gap_facts(gap: "Gap") -> dict[str, object]:
    return {
        "from": iso(gap.begins),
        "to": iso(gap.ends),
        "reason": gap.reason,
        "standing": gap.standing,
        "found": gap.found,
        "detail": gap.detail or None,
    }


def _gap_line(gap: "Gap") -> str:
    found = f", {gap.found} articles found" if gap.found else ""
    detail = f" ({gap.detail})" if gap.detail else ""
    times = f"{gap.begins:%Y-%m-%d %H:%M} to {gap.ends:%Y-%m-%d %H:%M}Z"
    return f"gap {times}: {gap.reason}: {gap.standing}{found}{detail}"
