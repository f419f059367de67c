"""What an archive needs once a day, soon after its time."""

from scraper.service.context import Service
from scraper.service.upkeep.attesting import attest
from scraper.service.upkeep.expiring import expire


async def tend(service: Service) -> None:
    """Let raw records expire, and have days attested that are over. Raises ArchiveError."""
    await expire(service)
    await attest(service)
