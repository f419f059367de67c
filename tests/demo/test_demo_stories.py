"""The stories as data: what the demo promises to show."""

from datetime import UTC, datetime

from lxml import html

from scraper.demo.pictures import HEIGHT, SCENES, WIDTH, draw
from scraper.demo.stories import SECTIONS, corrected, load_stories

NOW = datetime(2026, 3, 9, 23, 40, 12, 345678, tzinfo=UTC)


def test_each_kind_of_story_is_there() -> None:
    stories = load_stories(NOW)
    assert len(stories) == 13
    assert len([story for story in stories if story.held_back]) == 1
    assert len([story for story in stories if story.locked]) == 1
    assert len([story for story in stories if story.correction]) == 1
    assert {story.section for story in stories} == set(SECTIONS)


def test_stories_come_newest_first_with_ids_of_their_own() -> None:
    stories = load_stories(NOW)
    instants = [story.published for story in stories]
    assert instants == sorted(instants, reverse=True)
    assert len({story.id for story in stories}) == len({story.number for story in stories}) == 13


def test_bodies_have_two_to_seven_paragraphs() -> None:
    for story in load_stories(NOW):
        body = html.fragment_fromstring(story.wording.body, create_parent="div")
        assert 2 <= len(body.findall("p")) <= 7, story.id


def test_pictures_in_the_stories_are_drawn() -> None:
    pictures = {story.picture for story in load_stories(NOW)} - {""}
    assert pictures == {f"/pictures/{name}.png" for name in SCENES}


def test_only_a_story_with_a_correction_can_be_corrected() -> None:
    for story in load_stories(NOW):
        again = corrected(story, NOW)
        if story.correction:
            assert again.wording == story.correction
            assert again.path == story.path
            assert again.modified is not None
            assert story.published < again.modified < NOW
            assert corrected(again, NOW) == again
        else:
            assert again == story


def test_a_picture_declares_its_size() -> None:
    picture = draw(SCENES["lake"])
    assert picture[16:24] == WIDTH.to_bytes(4) + HEIGHT.to_bytes(4)
