"""Words that are seen to be words by their end, though no list has them: `angezeigt`, `jelszavát`, `proceselor`.

Languages put number, case, person and tense to the end of a word, so that no list holds all forms of it. Names that
are made up seldom end so. The ends were written by hand, those that are common and hardly stand in names.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from harvester.domains.vocabulary import languages_named

_SHORTEST: Final = 6
_ENDS: Final = {
    "cs": "ého ému ních ost osti ovat oval ovala ání ení ech ami ách ová ový ové ově ích aných ených ného ními",
    "da": "erne erede ering eringen ende else elsen hed heden lige ligt isk iske tion tionen ene eren nder",
    "de": """ung ungen heit heiten keit keiten schaft lich liche lichen licher liches isch ische ischen ieren iert ierte
    ierten en ern eln ende enden ender igt igte igten ige igen tion tionen barer bare baren""",
    "en": """tion tions sion sions ness ment ments ities ically ously ingly ated ating ized ised izing ology ologies ism
    isms ively ality cated ected essed eated erved ished""",
    "es": """ción ciones mente ando iendo ado ados ada adas idas idos idad idades miento mientos aban able ables ible
    ibles ismo ista istas oso osa osos osas arlo arla arse erse irse aron ieron amos emos ico icas icos""",
    "fi": "ssa ssä sta stä lla llä lta ltä lle nen iset mme nut nyt taan tään ttu tty ksi ista isten kaan kään",
    "fr": """tion tions ment ments eur eurs euse euses aient ait ais ées és ée ique iques able ables ible ibles isme
    iste istes age ages ence ances eux ille elles ière ières ation ateur ateurs""",
    "hr": "ima ovi ama anje enje anja enja iti ati osti ske ski ski oga ijama ovima ili ali",
    "hu": """ban ben nak nek ból ből ról ről hoz hez höz val vel ság ség ott ett ött tam tem ját jét ával ével ként nál
    nél ható hető ása ése kat ket ait eit aid eid tok tek unk ünk ani eni ja je ik át ét ot et öt nia nie hat het bb""",
    "id": "kan nya annya kannya lah",
    "it": """zione zioni mente ando endo ato ati ata ate ito iti ita ite uto uti uta ute mento menti ità abile abili
    ibile ibili ismo ista isti ammo arono evano avano ico ici iche oso osi osa ose aggio aggi ezza arsi ersi irsi""",
    "nl": "en heid heden lijk lijke tie ties teit eerd eerde baar bare isch ische tjes ende enden ing",
    "pl": """ego emu ymi ych ość ości ować ował owała anie enie ania enia eniu aniu iem ach ami ów owy owe owa nych nym
    nej acja acji emy amy ają eją łem łam""",
    "pt": """ção ções mente ando endo indo ado ados ada adas idos idas dade dades mento mentos ável ível áveis íveis
    ismo ista istas eiro eira eiros eiras oso osa osos osas ava aram eram iram ões arem erem irem""",
    "ro": """are ere ire ului elor ilor ție ții iile ată ate esc ește ează itate ment iune uri urile lor atul ului area
    erea irea ați esti eaza""",
    "ru": """ла ло ли лся лась лось лись ть ться ет ют ит ят ешь ишь ут ают яют ого его ому ему ыми ими ых их ая яя ое
    ее ые ие ый ий ость ости ение ения ению ание ания ция ции цию ства ство ством ами ями ах ях""",
    "uk": """ла ло ли лася лось лися ти тися ить ють ять ого його ому йому ими их ая яя ої ою ий ій ість ення ання ція
    ції ами ями ах ях""",
    "sv": """erna arna orna ade ande else elsen het heten heter ning ningen ningar ligt liga isk iska ionen eras ats
    its en et""",
    "tr": """iyo ıyo uyo üyo ilir ılır ulur ülür ebilir abilir ecek acak iyor ıyor uyor üyor lar ler ları leri
    siniz sınız dır dir dur dür mış miş muş müş mak mek malı meli lık lik luk lük lıdır lidir ımız imiz arak
    erek ken tır tir""",
}  # fmt: skip
_FORMS: Final = {
    code: re.compile(rf"[^\W\d_]{{3,}}(?:{'|'.join(sorted(set(ends.split()), key=len, reverse=True))})")
    for code, ends in _ENDS.items()
}


@lru_cache(maxsize=4_096)
def languages_by_end(text: str) -> int:
    """Give the languages whose words end as a text does, as a set of bits.

    >>> languages_by_end("angezeigt") != 0, languages_by_end("velmora")
    (True, 0)
    """
    word = text.lower()
    if len(word) < _SHORTEST or not word.isalpha():
        return 0
    return sum(languages_named(code) for code, form in _FORMS.items() if form.fullmatch(word))
