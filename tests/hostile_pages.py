"""Pages that ask for more than any article does: deep, wide, long, and broken."""

import json

PROSE = (
    "<p>The council said on Monday, after a long meeting, that the bridge would be closed; nobody "
    "objected, and the work begins in May.</p>"
)
LATIN = "The council met, said a word; "
CHINESE = "市议会周一开会，讨论了大桥的问题。"
COUNT = 20_000
LONG = 10_000_000  # bytes
NESTED = "div span blockquote table ul ol b i font section a figure pre p sup".split()


def page(inner: str, head: str = "") -> str:
    """An article of ten good paragraphs with something in its middle."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>The bridge</title>'
        f'<meta property="og:type" content="article">{head}</head><body><article>'
        f"<h1>The bridge</h1>{PROSE * 5}{inner}{PROSE * 5}</article></body></html>"
    )


def linked(data: str) -> str:
    """A page with something in its linked data."""
    return page("", f"<script type='application/ld+json'>{data}</script>")


def many(count: int) -> dict[str, str]:
    """Pages of so many newlines, levels, neighbours."""
    nested = {f"nested {tag}": page(f"<{tag}>" * count + "x, y") for tag in NESTED}
    mixed = "".join(f"<{NESTED[n % len(NESTED)]}>x, " for n in range(count))
    return nested | {
        "nested ul li": page("<ul><li>word, " * count + "</li></ul>" * count),
        "nested table td": page("<table><tr><td>a<td>b" * count),
        "nested mixed": page(mixed),
        "dropped beside text": page(f"<div>{f'{LATIN}<i class=x></i><aside>y</aside>' * count}"),
        "newlines": page("<p>word" + "\n" * count + "word</p>"),
        "lines": page("<pre>" + "word\n" * count + "</pre>"),
        "br": page("<p>" + "word, <br>" * count + "</p>"),
        "siblings": page("<div>word</div>" * count),
        "paragraphs": page(f"<p>{LATIN}</p>" * count),
        "links": page("<p>" + "<a href='/a'>word</a> " * count + "</p>"),
        "pictures": page("".join(f"<img src='/{n}.jpg' alt='x'>" for n in range(count))),
        "items": page("<ul>" + "<li>word" * count + "</ul>"),
        "rows": page("<table>" + "<tr><td>a</td><td>b</td></tr>" * count + "</table>"),
        "scripts": page("<p>" + "word, <script>x</script>" * count + "</p>"),
        "attributes": page("<p " + " ".join(f"a{n}=b" for n in range(count)) + f">{LATIN}</p>"),
        "navigation": page(f"<nav>{f'<p>{LATIN}</p>' * count}</nav>"),
        "emphasis": page("<p>" + "<b>重要。</b>后面<i>a</i>" * count + "</p>"),
        "declarations": page("<p>" + "<![>" * count + "</p>"),
        "arrays": linked("[" * count),
        "objects": linked('{"@graph":' * count),
    }


def long(size: int) -> dict[str, str]:
    """Pages of so many bytes, most of them in one place."""
    marks = {mark: mark for mark in ",*_`[]!|>"} | {"<": "&lt;", "&": "&amp;"}
    return {f"marks {m}": page(f"<p>{text * (size // 10)}</p>") for m, text in marks.items()} | {
        "Latin": page(f"<p>{LATIN * (size // len(LATIN))}</p>"),
        "Latin without spaces": page("<p>" + "a" * size + "</p>"),
        "Chinese": page(f"<p>{CHINESE * (size // len(CHINESE.encode()))}</p>"),
        "Chinese without punctuation": page("<p>" + "中文" * (size // 6) + "</p>"),
        "an attribute": page(f"<p title='{'x' * size}'>{LATIN}</p>"),
        "attributes": page("<p " + "ab=cd " * (size // 6) + f">{LATIN}</p>"),
        "an address": page(f"<p>{LATIN}<img src='data:image/png;base64,{'x' * size}'></p>"),
        "a script": page("<script>" + "var a=1;" * (size // 8) + "</script>"),
        "linked data": linked(
            json.dumps({"@type": "NewsArticle", "articleBody": LATIN * (size // len(LATIN))})
        ),
        "arrays": linked("[" * size),
    }
