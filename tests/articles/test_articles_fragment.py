"""Bodies that an archive holds already, read without a page around them."""

from datetime import date

from scraper.articles.fragment import Kept, read_kept
from scraper.site import ArticleMarkup, Site, Wall

SITE = Site(
    name="example",
    title="Example",
    canonical="https://example.org",
    hosts=("example.org",),
    story=r"^/(?P<id>\d+)$",
    generations=(
        ArticleMarkup("new", ("x",), ("x",), figures=(".shot",), since=date(2021, 1, 1)),
        ArticleMarkup(
            "old",
            ("x",),
            ("x",),
            figures=(".photo",),
            captions=(".words",),
            until=date(2021, 1, 1),
        ),
    ),
    remove=(".ad", "[id^=dfp-ad-]"),
    placeholders=("*/blank.png",),
    boilerplate=("^Like us",),
    wall=Wall((".locked",), ("Subscribe to read on",)),
)


def kept(html: str, day: date = date(2020, 5, 1)) -> Kept:
    return Kept(html, "https://example.org/1", "The title", day)


def test_advertising_and_the_sites_own_lines_go_and_all_text_stays() -> None:
    html = (
        '<p>One.</p><div class="ad">buy</div><section><div id="dfp-ad-1"> </div></section>'
        "loose words<p>Like us on X</p><p>Read more</p><ul><li>a</li></ul>"
    )
    body, locked = read_kept(kept(html), SITE)
    assert body.text == "One.\nloose words\nRead more\na"
    assert not locked


def test_the_markup_of_the_posts_day_tells_pictures_and_captions() -> None:
    html = (
        '<div class="photo"><img src="/a.jpg"><span class="words">Shown</span></div>'
        '<p>Text.</p><img src="/blank.png">'
    )
    body, _ = read_kept(kept(html), SITE)
    assert [(p.url, p.caption) for p in body.pictures] == [("https://example.org/a.jpg", "Shown")]
    assert body.text == "Text."
    later, _ = read_kept(kept(html, date(2021, 1, 1)), SITE)
    assert later.text == "Shown\nText."


def test_the_wall_is_noticed_and_taken_out() -> None:
    body, locked = read_kept(kept('<p>Begin.</p><div class="locked">Pay</div>'), SITE)
    assert (body.text, locked) == ("Begin.", True)


def test_without_a_profile_nothing_but_markup_goes() -> None:
    html = "<p>Like us</p>Line one<br><br>Line two<script>x()</script><h2>The title</h2>"
    body, locked = read_kept(kept(html), None)
    assert body.text == "Like us\nLine one\nLine two"
    assert not locked


def test_an_empty_body_is_empty() -> None:
    body, locked = read_kept(kept("\x00"), None)
    assert (body.html, body.text, locked) == ("", "", False)
