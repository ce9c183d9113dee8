"""A wrong domain is worse than none: whoever reads carelessly names an innocent third party."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.domains import extract, parse_domain
from harvester.model import SHOWN_CONFIDENCE


def registrable(host: str) -> str:
    domain = parse_domain(host)
    return domain.registrable_domain if domain else ""


def shown(text: str) -> set[str]:
    return {each.domain.registrable_domain for each in extract(text) if each.confidence >= SHOWN_CONFIDENCE}


class TestNoInnocentNameIsShown:
    """Each text means one name, or none; another one is never shown, and a miss is no fault here."""

    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            # Letters of other scripts belong to the label that they stand in.
            ("bücher-velmora.de", "bücher-velmora.de"),
            ("müllvelmora.de is open", "müllvelmora.de"),
            ("velmora-straße.de", "velmora-straße.de"),
            ("магазинvelmora.ru", "магазинvelmora.ru"),
            # Look-alikes among Latin letters are no letters of their own, unless they imitate a name that all know.
            ("vеlmora.com", "velmora.com"),
            ("velmora-shоp.com", "velmora-shop.com"),
            ("eаrnvelmоra.xyz", "earnvelmora.xyz"),
            ("pаypal.com is not it", "pаypal.com"),
            ("login at fаcebook.com", "fаcebook.com"),
            ("your parcel: dhӏ.com/x", "dhӏ.com"),
            ("sign in at binаnce.com", "binаnce.com"),
            ("refund at irѕ.gov", "irѕ.gov"),
            ("сосоа.com", "сосоа.com"),
            ("παλιό-velmora.gr", "παλιό-velmora.gr"),
            ("🔥bücher-velmora.de🔥", "bücher-velmora.de"),
            # A name that goes on behind something that looks like its suffix.
            ("velmora.com.br", "velmora.com.br"),
            ("velmora.com . br", "velmora.com.br"),
            ("velmora.com dot br", "velmora.com.br"),
            ("velmora.com (dot) br", "velmora.com.br"),
            ("velmora.com(.)br/x", "velmora.com.br"),
            ("velmora . com . br", "velmora.com.br"),
            ("www.shop[.]velmora.com", "shop.velmora.com"),
            ("velmora-dot-com", "velmora.com"),
            ("velmora dot co dot uk", "velmora.co.uk"),
            ("velmora.co[.]uk", "velmora.co.uk"),
            ("VELMORA.COM.TR'den", "velmora.com.tr"),
            ("velmora.com,br", "velmora.com.br"),
            ("velmora.co․uk", "velmora.co.uk"),
            ("velmora.com🔴br", "velmora.com.br"),
            ('velmora.com "." br', "velmora.com.br"),
            ("velmora .co. uk", "velmora.co.uk"),
            ("velmora . github . io", "velmora.github.io"),
            ("velmora.com.unknownending", ""),
            ("velmora.comm", ""),
            ("velmora.com1", ""),
            ("velmora.com_shop", ""),
            ("velmora.com-id.quorvex.net", "quorvex.net"),
            ("paypal.com.quorvex.top", "quorvex.top"),
            ("mybank.com-login.quorvex.top/x", "quorvex.top"),
            ("velmora.github.io", "velmora.github.io"),
            ("velmora.blogspot.com", "velmora.blogspot.com"),
            ("https://velmora.co…", ""),
            ("velmora.co..", ""),
            # A name in pieces.
            ("https://vel-\nmora.com/x", "vel-mora.com"),
            ("https://www.vel-\nmora.com", "vel-mora.com"),
            ("https://quorvex\nmora.com", "quorvexmora.com"),
            ("royal -velmora.com", "royal-velmora.com"),
            ("royal- velmora.com", "royal-velmora.com"),
            ("royal - velmora . com (remove spaces)", "royal-velmora.com"),
            ("v e l m o r a . c o m", "velmora.com"),
            ("h t t p : / / v e l m o r a . r u / x", "velmora.ru"),
            ("w w w . velmora . com", "velmora.com"),
            ("htt p s:// vel mora. com/x", "velmora.com"),
            ("shop.blog spot.com", "shop.blogspot.com"),
            ("tiny url.com/x", "tinyurl.com"),
            ("vel\u00admo\u200bra.com", "velmora.com"),
            ("vel\ufeffmora.com", "velmora.com"),
            ("v̶e̶l̶m̶o̶r̶a̶.com", "velmora.com"),
            ("royal_velmora.com", ""),
            ("_velmora.com", ""),
            ("velmora-.com", ""),
            ("a" * 64 + "velmora.com", ""),
            ("royal＿velmora.com", ""),
            # Neighbours, of which none belongs to the name.
            ("go to velmora dot com now", "velmora.com"),
            ("nice video. velmora. com/x", "velmora.com"),
            ("velmora.com.Winners daily", "velmora.com"),
            ("velmora.com (.) watch it", "velmora.com"),
            ("the site is velmora.com.It pays", "velmora.com"),
            ("visit Quiet River dot com", "quietriver.com"),
            ("the Quiet River dot com", "quietriver.com"),
            ("quick pay loop dot com", "quickpayloop.com"),
            ("top velmora.de or top-velmora.de", "top-velmora.de"),
            ("Le Quotidien.fr", "lequotidien.fr"),
            # What is written around a mail address or a handle.
            ("sofia@velmora.com", ""),
            ("sofia @ velmora.com", ""),
            ("sofia (at) velmora (dot) com", ""),
            ("sofia[at]velmora[.]com", ""),
            ("sofia arroba velmora punto com", ""),
            ("sofia at gmail dot com", ""),
            ("sofia＠velmora.com", ""),
            ("velmora.com@quorvex.net", ""),
            ("@velmora.shop", ""),
            ("s*****@v****a.com", ""),
            ("vel***ra.com", ""),
            ("https://v***.com", ""),
            # An address has one host.
            ("https://google.com@velmora.top/x", "velmora.top"),
            ("https://user:secret@velmora.top", "velmora.top"),
            ("https://velmora.com/paypal.com", "velmora.com"),
            ("velmora.com/https://paypal.com/x", "velmora.com"),
            ("velmora.com?to=paypal.com", "velmora.com"),
            ("velmora.com/x#paypal.com", "velmora.com"),
            ("velmora.com\\paypal.com", "velmora.com"),
            ("https://velmora.com:8443/paypal.com", "velmora.com"),
            ("hxxps://velmora[.]com/redirect?u=http://paypal.com", "velmora.com"),
            ("velmora (dot) com/paypal.com", "velmora.com"),
            ("https://web.archive.org/web/2020/http://velmora.com/", "archive.org"),
            # What a careless rule has read as a piece before.
            ("https://google.com:secret@velmora.top/x", "velmora.top"),
            ("https://google.com%2fx@velmora.top/x", "velmora.top"),
            ("https://google.com&x@velmora.top/x", "velmora.top"),
            ("https://velmora.top?@google.com", "velmora.top"),
            ("royal‑velmora.com", "royal-velmora.com"),
            ("royal‐velmora.com", "royal-velmora.com"),
            ("***mora.com", ""),
            ("www.app dot velmora dot com", "app.velmora.com"),
            ("www.win(dot)velmora(dot)com", "win.velmora.com"),
            ("velmora-dot-co-dot-uk", "velmora.co.uk"),
            ("top guión velmora punto com", "top-velmora.com"),
            ("best dash velmora dot com", "best-velmora.com"),
            ("velmora .web.app", "velmora.web.app"),
            ("velmora.onl ine", "velmora.online"),
            ("velmora.com .my", "velmora.com.my"),
            ("email sofia at velmora dot com", ""),
            ("v***a.com was good to start", ""),
            ("velm***a.com gave me 5 stars", ""),
            ("velmora.co..uk", "velmora.co.uk"),
            ("velmora.com..br", "velmora.com.br"),
            ("velmora dot netlify.app", "velmora.netlify.app"),
            ("velmora . web . app", "velmora.web.app"),
            ("my velmora .pages.dev", "velmora.pages.dev"),
            ("velmora.in fo", "velmora.info"),
            # What once was read in pieces.
            ("root ledger (.) com trust me", "rootledger.com"),
            ("www.velmora com", "velmora.com"),
            ("www.velmora co uk", "velmora.co.uk"),
            ("www.star today", "star.today"),
            ("https://velmora.com and add .net", "velmora.com"),
            ("royal-velmora and add .com", "royal-velmora.com"),
            ("sofia@velmora and add .com", ""),
            ("lucky velmora • net (remove spaces)", "luckyvelmora.net"),
            ("hey guys lucky velmora . net (remove spaces)", "luckyvelmora.net"),
            ("v̵̧́é̵̡l̵̀͜m̵̛̏o̵̲͐r̵̹̽a̵̰͒.com", "velmora.com"),
            ("v́élmora.com", ""),
            # From the end to the start.
            ("\u202emoc.aromlev\u202c", "velmora.com"),
            ("read backwards: moc.aromlev.pohs", "velmora.com"),
            ("moc.elgoog.com", "elgoog.com"),
        ],
    )
    def test_what_is_shown_is_what_was_meant(self, text: str, meant: str) -> None:
        assert shown(text) <= {registrable(meant)}


HOSTS = """velmora.com quorvex.net tinyloopz.co.uk brelkano.shop zumqira.xyz fendolka.org kelvostra.com.br plorvanta.ru
    mirgoval77.info drenquil.top tral-venko.biz login.ostrevix.online sale8.lumbrika.de""".split()
DOTS = [
    *(
        ".",
        "[.]",
        "(.)",
        "{.}",
        "(.]",
        "((.))",
        "[dot]",
        "(dot)",
        "(DOT)",
        "{dot}",
        "<dot>",
        "[[dot]]",
    ),
    *(
        " . ",
        " .",
        " (dot) ",
        " [.] ",
        "( dot )",
        " dot ",
        " DOT ",
        " d0t ",
        " punto ",
        " ponto ",
        " nokta ",
        " titik ",
    ),
    *(" точка ", " chấm ", " डॉट ", " نقطة ", "点", "ドット", '"dot"', "*.*", "。", "．", "｡", "․", ",", "•", "∙", "●"),
    *("·", "(punto)", "(точка)", "[点]", " punkt ", "/./", "(•)", " • ", "どっと", " 점  ", " daht ", ":", "(тчк)"),
]
SPREAD = {
    "plain": "abcdefghijklmnopqrstuvwxyz",
    "capitals": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "fullwidth": "".join(chr(0xFF41 + each) for each in range(26)),
    "mathematical": "".join(chr(0x1D41A + each) for each in range(26)),
    "sans": "".join(chr(0x1D5EE + each) for each in range(26)),
    "circled": "".join(chr(0x24D0 + each) for each in range(26)),
    "negative": "".join(chr(0x1F170 + each) for each in range(26)),
    "small capitals": "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡxʏᴢ",
}
"""The alphabet in other dresses."""
BETWEEN = ["", "\u200b", "\ufeff", "\u00ad", "\u2060", "\u0336", "\u034f", "\u200d", "\u0335\u0301\u0323"]
"""What cannot be seen, strikes a letter through, or is piled upon it."""
BEFORE = ["", "", "look ", "look: ", "see ", "visit ", "now at ", "👉 ", "🔥", "(", "my page\n", "ok. "]
AFTER = ["", "", " today", "!", " 🔥", ")", "\nthanks", " (remove spaces)", " it pays", ", ok", "…"]
SCHEMES = ["", "", "https://", "hxxp://", "hxxps://", "h**p://", "www.", "http://www.", "meow://", "HTTPS://"]


@st.composite
def disguised(draw: st.DrawFn) -> tuple[str, str]:
    """A text and the registrable domain that its writer meant."""
    host = draw(st.sampled_from(HOSTS))
    letters = SPREAD[draw(st.sampled_from(sorted(SPREAD)))]
    between = draw(st.sampled_from(BETWEEN))
    dress = draw(st.sampled_from(["name", "ending", "all"]))
    *names, ending = host.split(".")
    table = str.maketrans(SPREAD["plain"], letters)

    def dressed(label: str, kind: str) -> str:
        label = label.translate(table) if dress in (kind, "all") else label
        return between.join(label) if dress in (kind, "all") else label

    text = dressed(names[0], "name")
    for label in names[1:]:
        text += draw(st.sampled_from(DOTS)) + dressed(label, "name")
    text += draw(st.sampled_from(DOTS)) + dressed(ending, "ending")
    before, after = draw(st.sampled_from(BEFORE)), draw(st.sampled_from(AFTER))
    return before + draw(st.sampled_from(SCHEMES)) + text + after, registrable(host)


@given(disguised())
@settings(max_examples=1_000, deadline=None)
def test_no_disguise_makes_another_name_of_the_one_meant(case: tuple[str, str]) -> None:
    text, meant = case
    assert shown(text) <= {meant}


PAIRS = """root ledger|quiet river|velmo ra|zor vane|pale horse|brel kano|kel vostra|lucky velmora
    |silver quorvex|golden ticketz|mega win77|casa luna|sky brelk""".split("|")
LEADS = [
    "",
    "look ",
    "see ",
    "visit ",
    "go to ",
    "now at ",
    "👉 ",
    "love it, ",
    "site: ",
    "my page\n",
    "google ",
    "hey guys ",
]
TELLINGS = [" and add ", " put ", " and then ", " with ", " then put ", " y pon ", " e coloca "]
ENDINGS = ["com", "net", "org", "co.uk", "xyz"]


@st.composite
def torn(draw: st.DrawFn) -> tuple[str, str]:
    """A text that says that the two words of a name are one, and the domain that they make."""
    pair, ending = draw(st.sampled_from(PAIRS)).strip(), draw(st.sampled_from(ENDINGS))
    dot, lead = draw(st.sampled_from(DOTS)), draw(st.sampled_from(LEADS))
    hint = draw(st.sampled_from([" (remove spaces)", " no spaces", " sin espacios", " (без пробелов)"]))
    return lead + pair + dot + ending.replace(".", dot) + hint, f"{pair.replace(' ', '')}.{ending}"


@st.composite
def told(draw: st.DrawFn) -> tuple[str, str]:
    """A text that tells the ending of a name apart from it."""
    name = draw(st.sampled_from(["velmora", "quorvex", "tral-venko", "mirgoval77", "Drenquil"]))
    lead, telling = draw(st.sampled_from(LEADS)), draw(st.sampled_from(TELLINGS))
    ending = draw(st.sampled_from(["com", "net", "org"]))
    written = draw(st.sampled_from([f".{ending}", f"dot {ending}", f"punto {ending}", f"DOT {ending.upper()}"]))
    after = draw(st.sampled_from(["", ".", "!", " at the end", " al final", " no final", " okay", " core", ", thanks"]))
    return lead + name + telling + written + after, f"{name.lower()}.{ending}"


@given(st.one_of(torn(), told()))
@settings(max_examples=500, deadline=None)
def test_no_name_in_pieces_makes_another_one(case: tuple[str, str]) -> None:
    text, meant = case
    assert shown(text) <= {meant}
