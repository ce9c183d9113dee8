"""What people say beside an address that they tore apart: take the spaces out again, write it in one.

The mere word for spaces says nothing ("10 GB of space", "main velmora.com gabung sekarang"): what is written before a
name joins it only where the text tells to.
"""

from __future__ import annotations

import re
from typing import Final

SPACE_WORDS: Final = (
    *("space", "spacing", "gap", "one word", "all together", "espaci", "todo junto", "todo pegado", "sin separar"),
    *("espaç", "espaco", "tudo junto", "espace", "tout attaché", "tout collé", "spazi", "attaccato", "tutto unito"),
    *("leerzeichen", "zusammen", "abstand", "abstände", "spatie", "aan elkaar", "välilyön", "tühik", "mellanslag"),
    *("mellemrum", "mellomrom", "пробел", "пробіл", "слитно", "разом", "интервал", "spasi", "gabung", "disambung"),
    *("boşlu", "boslu", "bitişik", "birleşik", "spacj", "mezer", "medzer", "razmak", "egybe", "tarp", "spați", "spati"),
    *("szóköz", "κενά", "khoảng trắng", "dấu cách", "viết liền", "dot with", "空格", "スペース", "つなげて", "连起来"),
    *("붙여", "ติดกัน", "띄어쓰기", "공백", "เว้นวรรค", "ช่องว่าง", "مسافات", "مسافة", "فاصله", "רווח", "স্পেস", "فراغ"),
    *("स्पेस",),
)
"""One of these, in small letters, is in every such hint."""

_TAKEN_OUT: Final = (
    (
        """no without with_out w/o wout w/out minus remove removing delete erase ignore skip take taking lose drop cut
        close eliminate leave fix zero walang wala tanggalin alisin tanpa hapus bina""",
        "spaces spacing gaps space! gap!",
        "out removed deleted away hata* hapus",
    ),
    ("sin quita* quite* borra* borre* elimina* saca* junta*", "espacios espacio!", ""),
    ("sem tira* tire* retire* retira* remova* remove* apag* junt*", "espaços espacos espaço! espaco!", ""),
    ("sans enlev* enlèv* supprim* retire* vire*", "espaces espace!", ""),
    ("senza togli* rimuov* elimin* leva*", "spazi spazio!", ""),
    ("ohne keine entfern* lösch*", "leerzeichen abstand! abstände", "weg entfernen löschen raus weglassen"),
    ("zonder geen verwijder* haal*", "spaties spatie!", "weg weghalen verwijderen"),
    ("utan inga ta ilman poista* ilma", "mellanslag* välilyön* tühik*", "bort pois"),
    ("uden uten ingen fjern*", "mellemrum* mellomrom*", ""),
    ("без бес убер* убир* удал* прибер* приб*", "пробел* пробіл* интервал*", "убер* убир* убра* удал* прибр*"),
    (
        "bez be usuń* usun* skasuj* odstra* smaž* obriši* ukloni* makni* fără fara șterge* sterge* scoate*",
        "spacj* mezer* medzer* razmak* spați* spati* tarp*",
        "",
    ),
    ("", "szóköz*", "nélkül*"),
    ("", "boşlu* boslu*", "sil* kaldır* olmadan bırakma* koyma* yok"),
    ("tanpa hapus* hilangkan buang apus*", "spasi*", "dihapus dihilangkan"),
    ("χωρίς χωρις", "κενά", ""),
    ("không xóa xoá bỏ", "khoảng_trắng dấu_cách", ""),
    ("بدون بلا احذف شيل امسح حذف", "مسافات مسافة فاصله فراغ", ""),
    ("בלי ללא", "רווח*", ""),
    ("बिना", "स्पेस", "हटा*"),
)
"""What is said before the word for spaces, that word, and what is said behind it; `*` goes on, `!` ends the clause."""

_END: Final = r"(?=\W*(?:$|[\n)\]}.,;!:…<&\U0001f300-\U0001faff]))"
_CLOSES: Final = re.compile(
    rf"{_END}|(?=\W+(?:between|in|after|before|and|or|pls|plz|please|ke|lol|ok|e|y|et|und|en|n)\b)"
)
"""Behind the word for one space, which means another thing where the sentence goes on."""
_FEW_WORDS: Final = r"(?:[^\w\n]{1,3}\w+){0,3}?[^\w\n]{1,3}"
_NEVER: Final = "(?!)"
_ENGLISH: Final = "_0"
"""The first of the languages above, as the patterns name it."""
_RIGHT_BEHIND: Final = 2
"""Characters between a name and what is said right behind it."""
_REACH: Final = 60
"""Code points around the word for spaces."""


def _any(words: str) -> str:
    forms = [re.escape(word).replace(r"\*", r"\w*").replace("!", "").replace("_", " ?") for word in words.split()]
    return "|".join(forms) or _NEVER


_FIRST_LETTERS: Final = "".join(sorted({word[0] for _, spaces, _ in _TAKEN_OUT for word in spaces.split()}))
_SPACES: Final = re.compile(
    rf"\b(?=[{_FIRST_LETTERS}])(?:"
    + "|".join(rf"(?P<_{place}>{_any(spaces)})" for place, (_, spaces, _) in enumerate(_TAKEN_OUT))
    + r")(?!\w)"
)
_ONE_SPACE: Final = frozenset(
    word.rstrip("!") for _, spaces, _ in _TAKEN_OUT for word in spaces.split() if word.endswith("!")
)
_BEFORE: Final = {
    f"_{place}": re.compile(rf"\b(?:{_any(before)})\b{_FEW_WORDS}\Z") for place, (before, _, _) in enumerate(_TAKEN_OUT)
}
_BEHIND: Final = {
    f"_{place}": re.compile(rf"{_FEW_WORDS}(?:{_any(behind)})(?!\w)") for place, (_, _, behind) in enumerate(_TAKEN_OUT)
}
_BRACKETS: Final = (re.compile(r"[(\[{<]\W*(?:\w+\W+){0,2}\Z"), re.compile(r"(?:\W+\w+){0,2}\W*[)\]}>]"))
_OTHERS: Final = re.compile(
    r"(?:去|删|刪|没|沒|无|無|不要)[^，。,.]{0,4}空格|空格[^，。,.]{0,3}(?:去|删|刪|除)|スペース[^、。]{0,4}(?:な|抜|消|削|無|詰|取)"
    r"|(?:띄어쓰기|공백)[^,.]{0,4}(?:없|빼|제거|지우|삭제|말)|(?:ไม่|ลบ|อย่า|เอา)[^ ]{0,6}(?:เว้นวรรค|ช่องว่าง)"
    r"|স্পেস [^ ]{0,6}(?:ছাড়া|বাদ)"
    r"|bo[sş]luksuz|つなげて|连起来|붙여[서쓰]|ติดกัน"
)
_IN_ONE: Final = (
    r"(?:all )?(?:as )?one word|all together|todo junto|todo pegado|sin separar|tudo junto|tout attaché|tout collé"
    r"|(?:tutto )?attaccato|tutto unito|alles zusammen|zusammen ?(?:geschrieben|schreiben)|(?:alles )?aan elkaar|слитно"
    r"|разом|(?:di)?gabung(?:kan|in| aja)?|disambung|bitişik(?: yaz\w*)?|birleşik(?: yaz\w*)?|egybe(?:írva)?|viết liền"
    r"|dot with"
)
_WRITTEN_IN_ONE: Final = re.compile(rf"[^\w\n]{{0,4}}(?:\w+[^\w\n]{{1,3}}){{0,4}}?(?:{_IN_ONE}){_END}")
"""Right behind the name, and the end of what is said of it."""


def tells_to_join(text: str) -> bool:
    """Say whether the text behind a torn name, or right before a colon, tells to take out its spaces.

    >>> tells_to_join(" (No Spaces!)"), tells_to_join(" all one word"), tells_to_join(" has 10 GB of space for all")
    (True, True, False)
    """
    lowered = text.lower()
    if any(_takes_out(lowered, spaces) for spaces in _SPACES.finditer(lowered)) or _WRITTEN_IN_ONE.match(lowered):
        return True
    return _OTHERS.search(lowered) is not None


def _takes_out(text: str, spaces: re.Match[str]) -> bool:
    start, end = spaces.span()
    before = text[max(start - _REACH, 0) : start]
    if _BRACKETS[0].search(before) and _BRACKETS[1].match(text, end):
        return True
    language = spaces.lastgroup or ""
    taken = _BEFORE[language].search(before)
    if spaces[0] in _ONE_SPACE and not _CLOSES.match(text, end):
        # "sem espaço" right behind the name is meant all the same; "no space left" is not.
        return language != _ENGLISH and taken is not None and start - len(before) + taken.start() <= _RIGHT_BEHIND
    return taken is not None or _BEHIND[language].match(text, end) is not None
