import pytest

from scraper.articles.language import language_of, read_language, written_in

SIMPLIFIED = "灯笼铺的老板说，这个时候来买东西的人还不多，他会让学生们进门看看，问长问短。"
TRADITIONAL = "燈籠鋪的老闆說，這個時候來買東西的人還不多，他會讓學生們進門看看，問長問短。"
EITHER = "山上有一座小石桥，水又清又冷，老人在桥下洗手，口中念念有词。"
JAPANESE = "提灯屋の主人は朝六時に店を開け、落ち葉を掃いてから門の神様の顔を拭く。"
KOREAN = "등불 가게 주인은 아침 여섯 시에 문을 열고 낙엽을 쓸어 낸다."
ENGLISH = "The keeper of the lantern shop opens at six, and sweeps the leaves away."


@pytest.mark.parametrize(
    ("stated", "language"),
    [
        ("zh-CN", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh_MY", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Mo", "zh-Hant"),
        ("zh-hans", "zh-Hans"),
        ("ZH-HANT-CN", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-cmn-TW", "zh-Hant"),
        ("zh", "zh"),
        ("en", "en"),
        ("EN_us", "en-US"),
        ("de-de", "de-DE"),
        ("ms", "ms"),
        ("tgl", "tgl"),
        (" en ", "en"),
        ("", ""),
        ("x", ""),
        ("x-default", ""),
        ("chinese", ""),
        ("en US", ""),
        ("中文", ""),
        ("zh-" + "a" * 9, ""),
    ],
)
def test_a_language_tag(stated: str, language: str) -> None:
    assert read_language(stated) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (SIMPLIFIED, "zh-Hans"),
        (TRADITIONAL, "zh-Hant"),
        (EITHER, "zh"),
        (SIMPLIFIED + TRADITIONAL, "zh"),
        (JAPANESE, "ja"),
        (KOREAN, "ko"),
        (ENGLISH, ""),
        (ENGLISH + "灯笼" + ENGLISH, ""),
        (f"他们说：“{ENGLISH}”这个店已经开了很多年，学生们和老师们都来过这里。", "zh-Hans"),
        ("", ""),
    ],
)
def test_characters_give_a_language_away(text: str, language: str) -> None:
    assert written_in(text) == language


@pytest.mark.parametrize(
    ("stated", "text", "usual", "language"),
    [
        ("zh-CN", SIMPLIFIED, "", "zh-Hans"),
        ("zh-CN", TRADITIONAL, "", "zh-Hant"),  # many sites copy their template's word
        ("en", SIMPLIFIED, "", "zh-Hans"),
        ("zh", SIMPLIFIED, "", "zh-Hans"),
        ("zh-TW", EITHER, "", "zh-Hant"),
        ("en", EITHER, "", "zh"),
        ("", EITHER, "", "zh"),
        ("", ENGLISH, "", ""),
        ("en-GB", ENGLISH, "", "en-GB"),
        ("", ENGLISH, "zh-Hans", "zh-Hans"),
        ("zh", EITHER, "zh-Hans", "zh-Hans"),
        ("zh-SG", EITHER, "zh-Hans", "zh-Hans"),
        ("zh-TW", EITHER, "zh-Hans", "zh-Hant"),
        ("en", ENGLISH, "zh-Hans", "en"),
        ("", TRADITIONAL, "zh-Hans", "zh-Hant"),
    ],
)
def test_what_the_characters_say_clearly_counts_most(
    stated: str, text: str, usual: str, language: str
) -> None:
    assert language_of(stated, text, usual) == language
