"""Edits as newsrooms make them, invented one by one, and what each of them is."""

import pytest

from scraper.edits.compare import Version, compare

TITLE = "河口镇旧桥明年春天动工修复"
LEAD = "河口镇议会星期一同意修复旧桥，工程将在明年春天开始。"
REST = "镇上的居民对此反应不一，有人担心绕路，有人盼着新路面。"


def kinds(old: str, new: str) -> tuple[str, ...]:
    """The kinds of the edits between two texts under one headline."""
    return compare(Version(1, TITLE, old), Version(2, TITLE, new)).kinds


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("旧桥明年动工", "旧桥明年春天动工"),
        ("旧桥动工", "旧桥动工，居民忧绕路"),
        ("议会同意修桥", "议会否决修桥"),
        ("三人受伤", "五人受伤"),
        ("旧桥修复：议会同意", "旧桥修复 议会同意拨款"),
        ("Old bridge to be repaired", "Old bridge to be rebuilt"),
    ],
)
def test_headlines(old: str, new: str) -> None:
    found = compare(Version(1, old, LEAD), Version(2, new, LEAD))
    assert found.kinds == ("headline",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("火灾造成3人受伤。", "火灾造成5人受伤。"),
        ("火灾造成三人受伤。", "火灾造成五人受伤。"),
        ("工程耗资120万元。", "工程耗资1,250万元。"),
        ("会议定于10月3日举行。", "会议定于10月13日举行。"),
        ("会议定于星期三上午9时举行。", "会议定于星期三上午10时举行。"),
        ("涨幅为3.5%。", "涨幅为4%。"),
        ("桥长二百四十米。", "桥长二百六十米。"),
        ("他在1998年当选。", "他在1989年当选。"),
        ("约有一万人到场。", "约有十二万人到场。"),
        ("比赛以2:1结束。", "比赛以3:1结束。"),
        ("气温降至零下5度。", "气温降至零下8度。"),
        ("At least 12 people were hurt.", "At least 17 people were hurt."),
    ],
)
def test_numbers_and_dates(old: str, new: str) -> None:
    assert kinds(f"{LEAD}{old}\n{REST}", f"{LEAD}{new}\n{REST}") == ("number",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("镇长王大河说，桥要修。", "镇长李小溪说，桥要修。"),
        ("发言人陈石榴没有回应。", "发言人陈石流没有回应。"),
        ("记者冯远山在现场采访。", "记者马青川在现场采访。"),
        ("总理安德烈·科尔在场。", "总理安德烈·科赫在场。"),
        ("工程由长风公司承建。", "工程由远航公司承建。"),
        ("代表团来自清水县。", "代表团来自白石县。"),
        ("他毕业于东湖大学。", "他毕业于南岭大学。"),
        ("伤者被送往仁爱医院。", "伤者被送往康宁医院。"),
        ("教授林晚秋认为可行。", "教授林晚舟认为可行。"),
        ("The mayor, John Smith, agreed.", "The mayor, John Smythe, agreed."),
        ("The plan came from Riverton.", "The plan came from Lakewood."),
    ],
)
def test_names(old: str, new: str) -> None:
    assert kinds(f"{LEAD}{old}\n{REST}", f"{LEAD}{new}\n{REST}") == ("name",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("镇长说：“这座桥必须修。”", "镇长说：“这座桥应该修。”"),
        ("镇长说：“我们没有钱。”", "镇长说：“我们暂时没有钱。”"),
        ("镇长说，桥必须修。", "镇长说：“桥必须修，别无选择。”"),
        ("她称之为“笑话”。", "她称之为“丑闻”。"),
        ("居民喊道：「不要拆！」", "居民喊道：「不许拆！」"),
        ("He said “we will wait” again.", "He said “we cannot wait” again."),
        ('She called it "a joke" twice.', 'She called it "a disgrace" twice.'),
        ("他答道：“看情况。”", "他答道：“看情况，我还没有决定。”"),
    ],
)
def test_quotations(old: str, new: str) -> None:
    assert kinds(f"{LEAD}{old}\n{REST}", f"{LEAD}{new}\n{REST}") == ("quotation",)


@pytest.mark.parametrize(
    "note",
    [
        "更正：本文此前误将桥长写作二百米，应为二百四十米。",
        "（更正启事）上文的日期有误。",
        "本报早前报道有误，特此说明。",
        "编者按：文中数字已按镇议会公布的更新。",
        "勘误：镇长的名字应为王大河。",
        "訂正：日期應為十月三日。",
        "Correction: an earlier version of this article misstated the length of the bridge.",
        "An earlier version named the wrong company.",
    ],
)
def test_correction_notes(note: str) -> None:
    assert kinds(f"{LEAD}\n{REST}", f"{LEAD}\n{REST}\n{note}") == ("correction",)
    assert kinds(f"{LEAD}\n{REST}", f"{LEAD}{note}\n{REST}") == ("correction",)


@pytest.mark.parametrize(
    "paragraph",
    [
        "施工期间，货车须绕行山谷，路程多出十一里。",
        "镇议会下次会议定在月底。",
        "“等了二十年，总算等到了。”一名居民说。",
        "The road through the valley is eleven miles longer.",
    ],
)
def test_paragraphs_come_and_go(paragraph: str) -> None:
    short, long = f"{LEAD}\n{REST}", f"{LEAD}\n{paragraph}\n{REST}"
    assert kinds(short, long) == ("added paragraph",)
    assert kinds(long, short) == ("removed paragraph",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("有人担心绕路，有人盼着新路面。", "有人担心绕路；有人盼着新路面。"),
        ("他说：“可以”。", "他说：“可以。”"),
        ("预算(含税)已定。", "预算（含税）已定。"),
        ("这是真的。", "这是真的！"),
        ("《河口日报》报道", "〈河口日报〉报道"),
        ("工程 明年 开始。", "工程明年开始。"),
        ("Wait, he said.", "Wait — he said."),
    ],
)
def test_punctuation_only(old: str, new: str) -> None:
    assert kinds(f"{LEAD}\n{old}\n{REST}", f"{LEAD}\n{new}\n{REST}") == ("punctuation",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("议会同意修复旧桥。", "议会原则上同意修复旧桥。"),
        ("居民普遍表示欢迎。", "居民普遍感到不满。"),
        ("工程即将开始。", "工程很快就会开始。"),
        ("议会同意。", "议会同意，条件是工程不得影响渡船的班次，也不得在夜间进行打桩作业。"),
        ("The council agreed to repair it.", "The council reluctantly agreed to repair it."),
    ],
)
def test_wording(old: str, new: str) -> None:
    assert kinds(f"{LEAD}{old}\n{REST}", f"{LEAD}{new}\n{REST}") == ("wording",)


def test_several_kinds_in_one_sentence_are_all_named() -> None:
    old = f"{LEAD}镇长王大河说，三人受伤。\n{REST}"
    new = f"{LEAD}镇长李小溪说，五人受伤。\n{REST}"
    assert kinds(old, new) == ("number", "name")


def test_nothing_is_no_edit() -> None:
    assert kinds(f"{LEAD}\n{REST}", f"{LEAD}\n\n {REST} ") == ()
