"""Which story a post of an older archive is, and whose rules clean it."""

from pathlib import Path

from scraper.config.sites import load_sites
from scraper.service.upkeep.posts import Form, Named, Post, Profiles, Version, look_at, read_story

TEXT = """---
layout: post
title: "A
  title"
date: 2021-01-21T09:00:00.000Z
author: Somebody
from: {url}
tags: [ x ]
categories: [ news, x ]
comments: True
---
<!--1611219600000-->
[A title]({url})
------

<div>
<p>Said.</p><section id="imu">ad</section>
</div>
"""
FORM = Form(html=False, full=True)


def look(folder: Path, url: str, chosen: str = "", end: str = "\n") -> Post:
    (folder / "a.md").write_bytes(TEXT.format(url=url).replace("\n", end).encode())
    post = look_at(folder, Profiles(load_sites(None), chosen), "a.md")
    assert isinstance(post, Post)
    return post


def test_a_story_is_known_by_its_sites_address_and_id(tmp_path: Path) -> None:
    post = look(tmp_path, "https://www.zaobao.com.sg/news/china/story20210121-1?ref=x", end="\r\n")
    assert (post.id, post.site, post.section) == ("story20210121-1", "zaobao", "news/china")
    assert post.url == "https://www.zaobao.com/news/china/story20210121-1"
    assert post.stated.zone == "Asia/Singapore"


def test_what_is_no_story_of_the_site_is_known_by_its_address_and_cleaned_all_the_same(
    tmp_path: Path,
) -> None:
    url = "https://www.zaobao.com/zvideos/a"
    post = look(tmp_path, url)
    assert (post.url, post.site, post.stated.day, len(post.id)) == (url, "zaobao", None, 16)
    (version,) = read_story(tmp_path, Profiles(load_sites(None)), FORM, [post])
    assert isinstance(version, Version)
    assert (version.document.title, version.document.body) == ("A title", "Said.")
    assert list(version.document.extra) == ["story_id", "lang", "sha256"]


def test_a_chosen_profile_knows_its_stories_on_any_host(tmp_path: Path) -> None:
    mirror = "https://mirror.example/news/china/story20210121-1"
    assert look(tmp_path, mirror).site == ""
    chosen = look(tmp_path, mirror, "zaobao")
    assert (chosen.site, chosen.id) == ("zaobao", "story20210121-1")
    assert chosen.url == "https://www.zaobao.com/news/china/story20210121-1"
    assert look(tmp_path, "https://mirror.example/about", "zaobao").site == ""


def test_a_post_that_changes_while_it_is_adopted_is_named(tmp_path: Path) -> None:
    post = look(tmp_path, "https://example.org/1")
    look(tmp_path, "https://example.org/2")
    (named,) = read_story(tmp_path, Profiles({}), FORM, [post])
    assert isinstance(named, Named)
    assert "changed" in named.reason
    (tmp_path / "a.md").unlink()
    assert isinstance(read_story(tmp_path, Profiles({}), FORM, [post])[0], Named)


def test_a_file_without_an_address_or_too_long_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(TEXT.format(url="nowhere"), "utf-8")
    named = look_at(tmp_path, Profiles({}), "a.md")
    assert isinstance(named, Named)
    (tmp_path / "b.md").write_bytes(b"-" * 10_000_001)
    long = look_at(tmp_path, Profiles({}), "b.md")
    assert isinstance(long, Named)
    assert "longer than 10,000,000 bytes" in long.reason
    absent = look_at(tmp_path, Profiles({}), "c.md")
    assert isinstance(absent, Named)
    assert "cannot be read" in absent.reason
