"""Failures of an exchange that are answered in their own way, beneath `errors.FetchError`."""

from datetime import timedelta

from scraper.errors import FetchError


class NotReachedError(FetchError):
    """Nothing was sent, for reasons of our own: they say nothing about the other side."""

    def __init__(self, message: str) -> None:
        super().__init__(message, passing=False)


class HeldError(NotReachedError):
    """The host is left alone, because it asked for that or fails, for longer than anybody waits."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.retry_after = timedelta(seconds=seconds)


class PutBackError(NotReachedError):
    """While a request was on its way the host asked for none: it was not sent, and waits again."""


class UnreachableError(FetchError):
    """No connection came about; `is_local` where the reason lies before the host."""

    def __init__(self, message: str, *, is_local: bool = False, passing: bool = True) -> None:
        super().__init__(message, passing=passing)
        self.is_local = is_local


class DeadlineError(FetchError):
    """The time for the exchange is over."""

    def __init__(self, message: str) -> None:
        super().__init__(message, passing=False)


class RedirectError(FetchError):
    """Redirects that lead nowhere: a loop, or too many."""

    def __init__(self, message: str) -> None:
        super().__init__(message, passing=False)
