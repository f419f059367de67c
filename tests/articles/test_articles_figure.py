from scraper.articles.figure import Figure, figure_markup
from scraper.model import Picture

A = Picture("https://a.example/a.jpg")
B = Picture("https://a.example/b.jpg")


def captions(figure: Figure) -> list[str]:
    return [picture.caption for picture in figure.finished()]


def test_a_caption_follows_its_picture_or_waits_for_it() -> None:
    figure = Figure()
    figure.add_caption("一")
    figure.add(A, "")
    figure.add(B, "属性")
    assert captions(figure) == ["一", "属性"]
    figure.add_caption("二")
    figure.add_caption("二")
    figure.add_caption("")
    figure.add_caption("（作者）")
    assert captions(figure) == ["一", "二 （作者）"]


def test_loose_text_captions_a_single_picture_that_has_nothing_else() -> None:
    figure = Figure(loose=[" 闲 ", "话 "])
    assert captions(figure) == []
    figure.add(A, "")
    assert captions(figure) == ["闲 话"]
    figure.add(B, "")
    assert captions(figure) == ["", ""]


def test_the_markup_of_a_picture_is_escaped() -> None:
    picture = Picture('https://a.example/"><b>', '1 < 2 & "3"', alt='"x"')
    assert figure_markup(picture) == (
        '<figure><img src="https://a.example/&quot;&gt;&lt;b&gt;" alt="&quot;x&quot;">'
        '<figcaption>1 &lt; 2 &amp; "3"</figcaption></figure>'
    )
    assert figure_markup(A) == '<figure><img src="https://a.example/a.jpg" alt=""></figure>'
