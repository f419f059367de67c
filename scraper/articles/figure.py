"""A picture and its caption, which pages keep together in many ways."""

import html
from dataclasses import dataclass, field, replace

from scraper.articles.tree import squeeze
from scraper.model import Picture


@dataclass(slots=True)
class Figure:
    """The pictures of one figure while it is walked; captions follow their picture."""

    pictures: list[Picture] = field(default_factory=list)
    attribute_captions: list[str] = field(default_factory=list)
    waiting: str = ""  # a caption that came before its picture
    loose: list[str] = field(default_factory=list)

    def add(self, picture: Picture, attribute_caption: str) -> None:
        self.pictures.append(replace(picture, caption=self.waiting))
        self.attribute_captions.append(attribute_caption)
        self.waiting = ""

    def add_caption(self, text: str) -> None:
        if not self.pictures:
            self.waiting = text
        elif text not in self.pictures[-1].caption:
            caption = f"{self.pictures[-1].caption} {text}".strip()
            self.pictures[-1] = replace(self.pictures[-1], caption=caption)

    def finished(self) -> list[Picture]:
        """The pictures; what has no caption of its own takes its attribute's, then loose text."""
        spare = squeeze("".join(self.loose)) if len(self.pictures) == 1 else ""
        return [
            replace(picture, caption=picture.caption or attribute or spare)
            for picture, attribute in zip(self.pictures, self.attribute_captions, strict=True)
        ]


def figure_markup(picture: Picture) -> str:
    """The one form in which a body holds a picture."""
    caption = html.escape(picture.caption, quote=False)
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    source, alt = html.escape(picture.url), html.escape(picture.alt)
    return f'<figure><img src="{source}" alt="{alt}">{below}</figure>'
