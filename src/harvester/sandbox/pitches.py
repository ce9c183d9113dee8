"""What is said around a domain: the offer of the one who hides it, and the doubt of those who read it."""

from __future__ import annotations

GIVEAWAY, SHOP, CASINO, MINE, PLATFORM = "giveaway", "shop", "casino", "mine", "platform"

PITCHES: dict[str, dict[str, tuple[str, ...]]] = {
    GIVEAWAY: {
        "en": (
            "claim yours before midnight {link}",
            "I got 0.4 coins back from {link} no joke",
            "last wallets open at {link} hurry",
            "they doubled mine {link} 🚀",
        ),
        "es": ("reclama tu bono en {link} antes de las doce", "a mí me devolvieron el doble {link} 🚀"),
        "pt": ("resgata hoje em {link} antes que acabe", "recebi o dobro pela {link} 🚀"),
        "fr": ("récupère ton bonus sur {link} avant minuit", "ils ont doublé le mien {link} 🚀"),
        "de": ("hol dir den Bonus auf {link} nur heute", "meins wurde verdoppelt {link} 🚀"),
        "id": ("klaim sekarang di {link} sebelum habis", "punyaku dikali dua di {link} 🚀"),
        "tr": ("bonusunu {link} adresinden al bitmeden", "benimki ikiye katlandı {link} 🚀"),
        "ru": ("забирай бонус на {link} пока открыто", "мне удвоили вот тут {link} 🚀"),
        "vi": ("nhận thưởng ở {link} trước nửa đêm", "mình được nhân đôi ở {link} 🚀"),
        "th": ("รับโบนัสที่ {link} ก่อนเที่ยงคืน", "ของฉันได้สองเท่า {link} 🚀"),
        "ar": ("خذ المكافأة من {link} قبل منتصف الليل", "ضاعفوا رصيدي هنا {link} 🚀"),
        "hi": ("आधी रात से पहले {link} पर बोनस लो", "मेरा दुगना हो गया {link} 🚀"),
        "ja": ("今夜まで {link} で受け取れます", "倍になったよ {link} 🚀"),
    },
    SHOP: {
        "en": (
            "same jacket for 70% less at {link}",
            "found the lamp on {link} btw",
            "ordered mine from {link} came fast",
        ),
        "es": ("la misma chaqueta más barata en {link}", "la lámpara la vi en {link}"),
        "pt": ("achei igual bem mais barato na {link}", "comprei a minha na {link} chegou rápido"),
        "fr": ("la même veste en solde sur {link}", "je l'ai trouvée sur {link}"),
        "de": ("gleiche Jacke viel günstiger bei {link}", "hab meine von {link} kam schnell"),
        "id": ("jaket yang sama lebih murah di {link}", "aku beli di {link} cepat sampai"),
        "tr": ("aynı ceket {link} sitesinde indirimde", "ben {link} üzerinden aldım hızlı geldi"),
        "ru": ("такая же куртка дешевле на {link}", "заказала на {link} пришло быстро"),
        "vi": ("áo này rẻ hơn ở {link} nha", "mình mua ở {link} giao nhanh"),
        "th": ("เสื้อแบบนี้ถูกกว่าที่ {link}", "สั่งจาก {link} ส่งไวมาก"),
        "ar": ("نفس الجاكيت أرخص في {link}", "طلبت من {link} ووصل بسرعة"),
        "hi": ("यही जैकेट {link} पर सस्ती है", "मैंने {link} से मँगाई जल्दी आई"),
        "ja": ("同じ服が {link} で安いです", "私は {link} で買いました"),
    },
    CASINO: {
        "en": ("free spins tonight on {link} 🎰", "cashed out twice at {link}"),
        "es": ("tiradas gratis hoy en {link} 🎰", "cobré dos veces en {link}"),
        "pt": ("rodadas grátis hoje na {link} 🎰", "saquei duas vezes na {link}"),
        "fr": ("tours gratuits ce soir sur {link} 🎰", "retiré deux fois sur {link}"),
        "de": ("Freispiele heute bei {link} 🎰", "zweimal ausgezahlt bei {link}"),
        "id": ("gacor malam ini di {link} 🎰", "aku tarik dua kali di {link} cair"),
        "tr": ("bu gece bedava dönüş {link} 🎰", "iki kere çektim {link} sorunsuz"),
        "ru": ("бесплатные вращения сегодня {link} 🎰", "дважды вывел на {link}"),
        "vi": ("quay miễn phí tối nay {link} 🎰", "mình rút hai lần ở {link} rồi"),
        "th": ("หมุนฟรีคืนนี้ที่ {link} 🎰", "ถอนได้สองรอบจาก {link}"),
        "ar": ("لفات مجانية الليلة في {link} 🎰", "سحبت مرتين من {link}"),
        "hi": ("आज रात {link} पर फ्री स्पिन 🎰", "मैंने {link} से दो बार निकाले"),
        "ja": ("今夜は {link} で無料スピン 🎰", "{link} で二回引き出せた"),
    },
    MINE: {
        "en": ("I wrote the full recipe up at {link}", "more of these on {link} if you like"),
        "es": ("dejé la receta completa en {link}", "hay más en {link} por si quieren"),
        "pt": ("a receita completa está em {link}", "tem mais em {link} se quiserem"),
        "fr": ("la recette complète est sur {link}", "il y en a d'autres sur {link}"),
        "de": ("das ganze Rezept steht auf {link}", "mehr davon gibt es auf {link}"),
        "id": ("resep lengkapnya di {link} ya", "yang lain ada di {link}"),
        "tr": ("tarifin tamamı {link} sayfasında", "daha fazlası {link} içinde"),
        "ru": ("полный рецепт лежит на {link}", "остальное выложила на {link}"),
        "vi": ("công thức đầy đủ ở {link} nhé", "còn nhiều nữa ở {link}"),
        "th": ("สูตรเต็มอยู่ที่ {link} นะ", "มีอีกเยอะที่ {link}"),
        "ar": ("الوصفة كاملة على {link}", "المزيد على {link} لمن يحب"),
        "hi": ("पूरी रेसिपी {link} पर है", "और भी {link} पर मिलेंगे"),
        "ja": ("レシピは {link} にあります", "ほかのは {link} で見られます"),
    },
    PLATFORM: {
        "en": ("the long version is here {link}", "links are all on {link}"),
        "es": ("la versión larga está aquí {link}",),
        "pt": ("a versão longa está aqui {link}",),
        "id": ("versi panjangnya di sini {link}",),
        "ru": ("полная версия тут {link}",),
        "ja": ("長い版はここ {link}",),
    },
}
"""Kind of lure, then language, then what its writers say."""

DOUBTS: dict[str, tuple[str, ...]] = {
    "en": (
        "don't open {link} it took my password",
        "is {link} legit or not??",
        "reported {link} for the third time",
    ),
    "es": ("no entren a {link} es estafa", "¿alguien sabe si {link} es real?"),
    "pt": ("não entrem na {link} é golpe", "alguém sabe se {link} é confiável?"),
    "fr": ("n'allez pas sur {link} c'est une arnaque", "quelqu'un connaît {link} c'est fiable ?"),
    "de": ("Finger weg von {link} das ist Betrug", "ist {link} seriös oder nicht?"),
    "id": ("jangan buka {link} itu penipuan", "{link} aman nggak ya?"),
    "tr": ("{link} sitesine girmeyin dolandırıcı", "{link} güvenilir mi bilen var mı?"),
    "ru": ("не заходите на {link} это обман", "кто знает {link} это правда?"),
    "vi": ("đừng vào {link} lừa đảo đó", "{link} có uy tín không mọi người?"),
    "th": ("อย่าเข้า {link} โดนหลอกมาแล้ว", "มีใครรู้ไหม {link} จริงหรือเปล่า"),
    "ar": ("لا تدخلوا {link} احتيال", "هل {link} موثوق؟"),
    "hi": ("{link} मत खोलना धोखा है", "क्या {link} असली है?"),
    "ja": ("{link} は詐欺なので開かないで", "{link} って本物ですか"),
}
"""Language, then how its readers warn and ask."""


def said_of(kind: str, language: str) -> tuple[str, ...]:
    """The templates with `{link}` for a kind of lure in a language, or the English ones."""
    pitches = PITCHES[kind]
    return pitches.get(language) or pitches["en"]
