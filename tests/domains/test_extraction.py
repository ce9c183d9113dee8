"""The public room: spans, order, addresses, wrong domains, and any string at all."""

import sys
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harvester.domains import extract, parse_domain
from harvester.domains.dots import MOST_DOTS
from harvester.model import SHOWN_CONFIDENCE, Mention

HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            [*".:/@-_ \n()[]{}*'\"\\,。．｡․•·\u200b\u00ad\ufeff\u202e\u202c", "\ud800", "\0", "ａ", "а", "ß", "中"]
        ),
        st.sampled_from(
            ["dot", "punto", "com", "name", "www", "http", "xn--", "点", "😀", "𝐚", " dot ", "co.uk", "ly"]
        ),
        st.characters(),
    ),
    max_size=60,
).map("".join)


def shown(text: str) -> list[str]:
    return [m.domain.domain_name for m in extract(text) if m.confidence >= SHOWN_CONFIDENCE]


def only(text: str) -> Mention:
    (mention,) = extract(text)
    return mention


@given(HOSTILE)
@settings(max_examples=400, deadline=None)
@example("\ud800.com http://\udfff.de/")
@example("a" * 100_000 + ".com")
@example("xn--a.com xn--.com xn--bcher-kva.de")
def test_any_string_gives_exact_spans_in_order_and_never_raises(text: str) -> None:
    mentions = extract(text)
    assert [m.start for m in mentions] == sorted(m.start for m in mentions)
    for mention in mentions:
        assert mention.text == text[mention.start : mention.end]
        assert 0 < mention.confidence <= 1
        assert parse_domain(mention.domain.domain_name) == mention.domain


@given(HOSTILE)
@settings(max_examples=200, deadline=None)
def test_parsing_a_parsed_domain_changes_nothing(text: str) -> None:
    domain = parse_domain(text)
    if domain is not None:
        assert parse_domain(domain.domain_name) == domain
        assert domain.domain_name.isascii()
        assert domain.domain_name.endswith(domain.registrable_domain)


def test_a_row_of_spaced_full_stops_is_no_host() -> None:
    assert extract("well . . . . . to be fair") == []


@pytest.mark.parametrize("text", ["www.www.velmora.com", "https://WWW.www.velmora.com/x"])
def test_the_name_of_a_mention_parses_to_itself(text: str) -> None:
    domain = only(text).domain
    assert parse_domain(domain.domain_name) == domain


@pytest.mark.parametrize(
    "text", ["velmora.com。谢谢", "看velmora.com。很好", "velmora.com。ありがとう", "velmora.com.谢谢"]
)
def test_a_sentence_ends_behind_a_host(text: str) -> None:
    assert shown(text) == ["velmora.com"]


def test_each_occurrence_is_a_mention_of_its_own() -> None:
    found = extract("velmora[.]co.uk and velmora[.]co.uk/win again")
    assert [(m.start, m.end, m.text) for m in found] == [(0, 15, "velmora[.]co.uk"), (20, 35, "velmora[.]co.uk")]


def test_a_mention_with_a_scheme_spans_its_whole_address_and_no_mark_after_it() -> None:
    mention = only("(https://www.velmora.net/join?ref=77).")
    assert mention.text == "https://www.velmora.net/join?ref=77"
    assert mention.url == "https://www.velmora.net/join?ref=77"


def test_a_mention_without_a_scheme_spans_the_host_and_keeps_the_path_in_its_address() -> None:
    mention = only("velmora (dot) com/win now")
    assert (mention.text, mention.url) == ("velmora (dot) com", "velmora.com/win")


def test_a_host_without_a_path_has_no_address() -> None:
    assert only("velmora.com").url is None


def test_a_disarmed_scheme_is_rebuilt() -> None:
    assert only("hxxps://velmora[.]com/a").url == "https://velmora.com/a"


def test_spans_count_code_points_of_the_original_behind_folded_letters() -> None:
    text = "😀ﷺ\u200b ｖｅｌｍｏｒａ．ｃｏｍ!"
    mention = only(text)
    assert (mention.start, mention.text) == (4, "ｖｅｌｍｏｒａ．ｃｏｍ")


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("https://velmora.com", "url"),
        ("velmora.com", "bare"),
        ("velmora dot com", "dot_word"),
        ("velmora[.]com", "bracketed"),
        ("velmora . com", "spaced"),
        ("velmоra.com", "homoglyph"),
        ("ｖelmora.com", "unicode"),
    ],
)
def test_the_method_names_the_way_of_writing(text: str, method: str) -> None:
    assert only(text).method == method


class TestNoOtherDomainThanTheOneWritten:
    """A wrong domain is worse than a miss: an innocent third party would be named."""

    @pytest.mark.parametrize(
        ("text", "wrong"),
        [
            ("eаrntоday.xyz", "day.xyz"),
            ("bücher-rabatt.de", "cher-rabatt.de"),
            ("velmora_shop.com", "shop.com"),
            ("s*****@v****a.com", "a.com"),
            ("royal -velmora.co", "velmora.co"),
            ("www.velmora.blog spot.com", "spot.com"),
            ("www.velmora.blog spot.com", "velmora.blog"),
            ("https://velmora.co…", "velmora.co"),
            ("Le Quotidien.fr", "quotidien.fr"),
            ("top velmora.de or Top-velmora.de", "velmora.de"),
            ("VELMORA.CO dot UK", "velmora.co"),
            ("velmora. co. uk", "velmora.co"),
            ("velmora.com . br", "velmora.com"),
            ("velmora.com,br", "velmora.com"),
            ("mail.youtube,com", "mail.youtube"),
            ("velmora.com.unknownending", "velmora.com"),
            ("https://google.com@velmora.top", "google.com"),
            ("a" * 64 + ".com", "a" * 63 + ".com"),
            ("😀𝓿еlmora.com", "lmora.com"),
            ("velmora.com (.) watch it", "velmora.com.watch"),
        ],
    )
    def test_a_piece_is_never_shown(self, text: str, wrong: str) -> None:
        assert wrong not in shown(text)

    def test_a_neighbouring_word_is_not_swallowed(self) -> None:
        assert shown("using velmora dot com") in ([], ["velmora.com"])
        assert shown("nice video. velmora. com/x") == ["velmora.com"]

    def test_the_chain_that_is_cut_by_the_limit_is_left_out(self) -> None:
        assert extract("a." * MOST_DOTS + "velmora.com") == []


class TestWorkGrowsWithTheText:
    """Twice the text may take twice the steps, up to a fixed limit; counted, not timed."""

    PIECES = (
        *(
            "a.",
            " . a",
            "dot ",
            "(.)",
            "http://",
            "w w w ",
            "a b . ",
            "name.com ",
            "\u200b.",
            "a.b.com ",
            "com.",
            "a.b ",
        ),
        # Spans of brackets and of signs; the words for the dot.
        *("[", "(dot)", "(dot ", ".()", "'.'", "-dot-", "[ dot com ] ", ".,com ", "a,com ", "点com ", "a点"),
        # Pieces of torn names, and hints that they are torn.
        *("-.com ", "a-\n", "https://a-\nb.com ", "Word ", "quick pay dot com ", "blog spot.com ", "x.blog spot.com "),
        *("a b . com (remove spaces) ", "top a.com top-a.com ", "h t t p : / / a . c o m / ", ". "),
        *('"a b . com" ', "no spaces: a b . com ", "no no no spaces ", "x a b c d e . c o m ", "a (-) b (.) com "),
        # Words and laughter, languages around a name.
        *("amazing.so happy ", "haha.so ", "aaaaaa.so ", "velmora.so gracias ", "don't.so "),
        # What is written backwards, starred, pictured, or in another dress.
        *(
            "moc.a backwards ",
            "moc.",
            "moc.a ",
            "a*b.com delete the star ",
            "*x* star ",
            "a⚽com ",
            "🔴com ",
            "🇦 ",
            "🇦\u200b",
        ),
        *(
            "\u202ea.com",
            "\u202ea\u202c",
            "ａ.com ",
            "𝐚 𝐚 ",
            "a\u0335",
            "xn--a.com ",
            "а.соm ",
            "ﷺ.com ",
            "\ud800.com ",
        ),
        # Addresses, users and paths.
        *("https://u@a.com ", "a@b.com ", "a.com/( ", "a.com/)) ", "a.com slash x ", "a.com:80/\\", "\\", "://"),
    )

    @pytest.mark.parametrize("piece", PIECES)
    def test_candidates_stay_below_the_limit(self, piece: str) -> None:
        assert len(extract(piece * 2 * MOST_DOTS)) <= MOST_DOTS

    @pytest.mark.parametrize("piece", PIECES)
    def test_twice_the_text_takes_twice_the_steps(self, piece: str) -> None:
        once, twice = piece * 400, piece * 800
        extract(twice)  # Fills the caches: the second look is the same for both.
        assert _calls(twice) <= 2.2 * _calls(once) + 100

    @pytest.mark.parametrize("letter", ["a", "-", "1", "é", "中", "dot"])
    def test_a_word_without_end_is_looked_at_once(self, letter: str) -> None:
        # The steps of the pattern's engine cannot be counted; going over the word once takes some milliseconds.
        text = letter * (40_000 // len(letter)) + " velmora.com"
        started = process_time()
        extract(text)
        assert process_time() - started < 0.5


def _calls(text: str) -> int:
    """How many functions are called to read a text, those written in C included."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        extract(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("word", ["cute.ai", "great.so", "love.me"])
def test_a_missing_space_is_nothing_beside_a_disguise_as_well(word: str) -> None:
    alone, beside = extract(f"ig {word} or real"), extract(f"ig {word} or velmora (dot) com")
    assert [mention.domain.domain_name for mention in alone] == []
    assert [mention.domain.domain_name for mention in beside] == ["velmora.com"]
