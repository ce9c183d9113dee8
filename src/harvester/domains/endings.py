"""How much an ending says by itself: top-level domains that are words, and hosts that everybody knows.

A top-level domain outside both tables of safe ones is also a word, a syllable or a brand, and needs other
signs before `word.ending` is read as a host. Endings are those of the IANA root zone; the choice is ours.
"""

from __future__ import annotations

from typing import Final

SAFE_GENERIC: Final = frozenset(
    """com net org info biz edu gov mil int aero coop xyz icu vip top online site website store shop tech app dev
    cloud digital agency email media network solutions systems services software technology space click link
    club pro wiki bet casino poker bid loan loans trade finance exchange market markets marketing money
    cash fund capital gold credit insurance tax group company business consulting studio photo photos
    photography pics gallery design graphics blog press host hosting domains codes download stream video webcam
    chat dating social community forum support help guide directory review reviews zip tokyo asia london berlin
    paris nyc moscow istanbul yokohama jobs mobi tel travel xxx porn sex adult cam bingo lotto
    boutique fashion clothing jewelry shoes watch beauty hair skin pharmacy clinic dental health fitness yoga
    ltd llc inc gmbh monster buzz cyou sbs cfd quest bond autos boats homes motorcycles yachts rip wtf ink
    uno tienda desi rocks ninja tips zone center city land""".split()
)
"""Generic endings under which scams are registered and that rarely start a sentence unannounced."""

SAFE_COUNTRY: Final = frozenset(
    """ru su uk fr cz sk jp kr cn tw hk vn ua by kz gr hu lt lv ee fi dk nl eu ch br mx cl ar ve ec uy py bo cr gt
    hn sv ni do cu pr au nz za zw ng ke gh tz ug zm mz ao eg lk np bd kh mm kw qa bh ae om jo iq ir sy lb ie pt pl
    ro bg hr rs mk md ge az uz tj tm kg tf gg gl io ly gd gs ws tv cc tk ml cf gq cx nu fm pw vu vc fo li lu mc cy
    mt co ca vg ag bz lc tr tt tl th ph sg""".split()
)
"""Country codes that are no everyday word or chat abbreviation in the languages we meet."""

RISKY_COUNTRY: Final = frozenset(
    "pk bg md tm tk cc ml py rs gd nu mm hm by pr tl th ni do cu sv do bo om ge li ng cr ve".split()
)
"""Country codes that look safe and are an abbreviation, a particle or a file extension all the same."""

SAFE: Final = (SAFE_GENERIC | (SAFE_COUNTRY - RISKY_COUNTRY)) - frozenset("watch land city video zone help".split())
"""Endings that a name alone is enough for."""

STARTERS: Final = frozenset(
    """love best now how work call today lol cool one win wow show watch next news fun game men baby
    dog plus you free here open play like save talk pay vote moe dad mom man new red sucks fail hot able got
    name youtube google apple amazon netflix microsoft samsung gmail android drive chrome tube
    bom vin ist ski kim eat fly ping pink zero locker meet ads bar diy
    link click club fit pro bet video help support photo photos media music email style team""".split()
)
"""Generic endings that start a sentence, or name a thing that sentences are about."""

PARTICLES: Final = frozenset(
    """ga so no is my be se la am as do pk na ne sa si ma pa va st su bg mr ms tm pm ps im id
    ni cu how now love best work call""".split()
)
"""Endings that end or start a sentence so often that a name before them says nothing."""

AMBIGUOUS: Final = {"org": "id", "info": "id", "eu": "pt"}
"""Safe endings that are words all the same, by the language: Indonesian chat (orang, informasi), Portuguese (I)."""

CHATTY: Final = frozenset("fr ca tv vc br ro pt tf cf ch cl eu gg io".split())
"""Safe country codes that are short for something in a chat: for real, você, television."""

SCAM_COUNTRIES: Final = frozenset("tk ml ga cf gq cc me us to in ws".split())
"""Wordy country codes whose names cost nothing or next to it and are abused for that."""

FREE: Final = frozenset({"tk", "ml"})
"""Those of them that were given away for nothing, and that few languages have a word for."""

NAME_ENDINGS: Final = frozenset("ly gg tv fm io".split())
"""Endings chosen because they complete or explain a common word (`musical.ly`)."""

NATIONAL_WORDS: Final = frozenset(
    """cymru бел укр рус қаз онлайн сайт орг дети москва ком みんな קום ישראל
    भारत भारतम् संगठन ভারত বাংলা ভাৰত ਭਾਰਤ ભારત ଭାରତ இந்தியா இலங்கை சிங்கப்பூர் భారత్ ಭಾರತ
    ഭാരതം ලංකා հայ
    السعودية مصر قطر تونس المغرب الاردن امارات عمان فلسطين سورية الجزائر ایران پاکستان بھارت عراق مليسيا سودان
    موريتانيا اليمن البحرين عرب بازار موقع شبكة
    世界 企业 信息 健康 八卦 公司 公益 台湾 台灣 臺灣 商城 商店 商标 在线 天主教 娱乐 家電 广东 微博 慈善 我爱你
    手机 招聘 政务 政府 新加坡 新闻 时尚 書籍 机构 游戏 澳门 澳門 移动 网址 网店 网站 网络 联通 谷歌 购物 通販
    集团 食品 餐厅 香港 亚马逊 アマゾン クラウド グーグル ストア セール ファッション ポイント 삼성""".split()
)
"""Endings that are words of the one language that has them: countries, cities, and what stands in other scripts."""

SMALL_WORDS: Final = {
    "az": "hu", "pro": "cs sk pt", "ao": "pt", "ca": "ro", "au": "fr", "ar": "ro", "za": "cs hr pl sk sl sr",
    "ir": "es pt", "jo": "da sv fi", "uz": "hr lv", "co": "cs pl", "ke": "id", "eu": "pt", "bet": "lt lv", "tel": "tr",
}  # fmt: skip
"""Safe endings that are an article, a preposition or the like, with the languages of which they are."""

COMPOUNDING: Final = "da de et fi hu nl sv"
"""Languages that write nouns together."""

ADVERBS: Final = {"net": "tr nl"}
"""Safe endings that go on with a sentence behind an inflected word, and the languages of which they are words."""

HOME_COUNTRIES: Final = {
    "de": "de", "it": "it", "es": "es", "se": "sv", "no": "da", "in": "en", "id": "id", "my": "en",
    "si": "sl", "me": "hr", "nu": "sv",
}  # fmt: skip
"""Country codes that are a word where people buy, by the language there: behind a preposition they end a name all the
same."""

ASKED_FOR: Final = frozenset("link info video photo email music help support".split())
"""Endings that a comment asks for, behind a full stop and at its end."""

INTERNATIONAL: Final = frozenset(
    """app club email fm fun game info link live media news online pro shop show studio style team top tv video
    vip""".split()
)
"""Endings that are a word in nearly every language."""

PLAIN: Final = (SAFE_COUNTRY - RISKY_COUNTRY) | frozenset("com net org info biz xyz icu edu gov".split())
"""Safe endings that are no word of any language: a spoken dot before one of them is surely meant."""

SURE_BESIDE: Final = frozenset("com net org info biz xyz".split())
"""Endings by which a name is seen to be one, and with it what a comma or an "or" joins to it."""

SURE_BACKWARDS: Final = ("com", "org")
"""Endings that are no word of any language when read backwards."""

BACKWARDS: Final = (
    *SURE_BACKWARDS,
    *"net info xyz shop app online site top bet win vip club store live link fun blog space website".split(),
    *"io ru de fr it es uk nl pl tv me us id".split(),
)
"""Endings that are read backwards where the text says so."""

KNOWN_HOSTS: Final = frozenset(
    """telegram.me telegram.dog lynk.id heylink.me taplink.cc campsite.bio bio.link solo.to hoo.be flow.page many.link
    t.me t.co wa.me fb.me on.fb.me m.me youtu.be bit.ly goo.gl is.gd ow.ly amzn.to rb.gy cutt.ly t.ly v.gd s.id
    lnkd.in linktr.ee linkin.bio beacons.ai discord.gg dsc.gg paypal.me cash.app gofund.me x.com g.co vk.cc vk.me
    twitch.tv last.fm pump.fun orf.at heise.de bild.de spiegel.de stern.de zeit.de amazon.de amazon.it amazon.es
    ebay.de ebay.it ebay.es google.de google.it google.es repubblica.it corriere.it ansa.it sky.it rai.it elpais.es
    notion.so kick.com character.ai claude.ai perplexity.ai finn.no blocket.se
    willhaben.at olx.ro olx.pl olx.pt olx.ua olx.in jiji.ng emag.ro
    docs.rs crates.io itch.io booth.pm nico.ms note.com ss.lv ss.com ss.ge myhome.ge tap.az turbo.az bina.az bazar.bg
    mobile.bg mudah.my daraz.pk subito.it casa.it prom.ua ok.ru ya.ru dzen.ru hh.ru drom.ru bazos.cz bazos.sk otto.de
    web.de tori.fi dba.dk bol.com n11.com olx.bg jiji.co.ke bukalapak.com yad2.co.il madlan.co.il chess.com
    globo.com suno.ai poe.com bsky.app threads.net signal.org ko-fi.com
    about.me shp.ee spoti.fi adf.ly s.team redd.it""".split()
)
"""Hosts known to everybody whose ending or name is a word: shorteners, platforms, news sites."""
