"""The exit codes that users script against."""

from enum import IntEnum

from scraper.errors import ArchiveBusyError, ArchiveError, ConfigurationError


class Exit(IntEnum):
    """What a command's end says."""

    DONE = 0  # nothing new is done, too
    TROUBLE = 1  # done, but something failed, was given up or quarantined
    USAGE = 2  # wrong usage or configuration, before anything was fetched
    BUSY = 3  # another process is writing this archive
    UNWRITABLE = 4  # the archive cannot be written


def exit_code(error: Exception) -> Exit:
    """The code for an error that ended a command."""
    match error:
        case ConfigurationError():
            return Exit.USAGE
        case ArchiveBusyError():
            return Exit.BUSY
        case ArchiveError():
            return Exit.UNWRITABLE
        case _:
            return Exit.TROUBLE
