"""Failures of an exchange that are answered in their own way, beneath `errors.FetchError`."""

from datetime import timedelta

from scraper.errors import FetchError


class NotReachedError(FetchError):
    """Nothing was sent, for reasons of our own: they say nothing about the other side."""

    def __init__(self, message: str) -> None:
        super().__init__(message, passing=False)


class HeldError(NotReachedError):
    """The host asked for no requests for longer than anybody waits here."""

    def __init__(self, host: str, seconds: float) -> None:
        super().__init__(f"{host} asked for no requests for another {seconds:,.0f} s")
        self.retry_after = timedelta(seconds=seconds)


class RedirectError(FetchError):
    """Redirects that lead nowhere: a loop, or too many."""

    def __init__(self, message: str) -> None:
        super().__init__(message, passing=False)
