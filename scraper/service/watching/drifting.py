"""Which sources are not what they were: their articles as a whole, or their lists.

Facts for whoever tells the operator: one for each source, not one for each page. In the disk's
thread.
"""

from collections.abc import Mapping

from scraper.model import Source
from scraper.state.database import State
from scraper.state.measures import Drifting
from scraper.state.tallies import StrangeList


def drifting(state: State, sources: Mapping[str, Source]) -> list[Drifting]:
    """The sources whose latest articles are another kind than those before, by name.

    Articles that were asked for by hand stand under the name of their site. Raises ArchiveError.
    """
    return [one for one in state.measures.drifting() if one.source in sources]


def strange_lists(state: State, sources: Mapping[str, Source]) -> list[StrangeList]:
    """The lists that answer well and are far from what they usually are. Raises ArchiveError."""
    return [
        one
        for one in state.tallies.strange()
        if one.source in sources and one.url in sources[one.source].urls
    ]
