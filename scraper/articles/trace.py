"""What was done to a page, step by step, for whoever asks why an article reads as it does."""

from dataclasses import dataclass, field

from scraper.articles.tree import Element, text_of

SAMPLE_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Removal:
    """Something that was taken out of the article: by which rule, and how much text it held."""

    rule: str
    where: str  # like a CSS selector: "div.related#more"; empty for a line of text
    characters: int
    sample: str


@dataclass(slots=True)
class Trace:
    """A record of one page's reading. Keeping it costs time: only `--explain` does."""

    steps: list[str] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)  # where each fact was found

    def step(self, said: str) -> None:
        """Note a decision."""
        self.steps.append(said)

    def removed(self, element: Element, rule: str) -> None:
        """Note an element that is about to be dropped; what says nothing is not noted."""
        text = text_of(element)
        if text:
            self._note(rule, describe(element), text)

    def removed_line(self, text: str, rule: str) -> None:
        """Note a line of text that is left out."""
        self._note(rule, "", text)

    def _note(self, rule: str, where: str, text: str) -> None:
        sample = text[:SAMPLE_CHARACTERS] + ("…" if len(text) > SAMPLE_CHARACTERS else "")
        self.removals.append(Removal(rule, where, len(text), sample))


def describe(element: Element) -> str:
    """An element as a reader of the page's source would look for it: "div.related#more"."""
    classes = "".join(f".{name}" for name in (element.get("class") or "").split()[:3])
    number = element.get("id")
    return f"{element.tag!s}{f'#{number}' if number else ''}{classes}"
