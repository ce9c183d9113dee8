"""Words that decide: how the dot is spoken, what leads to an address, what a sentence is made of.

The tables were written by hand from general knowledge of the languages named; none is meant to be complete.
All are lower case and folded.
"""

from __future__ import annotations

from typing import Final

DOT_WORDS: Final = frozenset(
    # English, Spanish and Italian, Portuguese, French, German, Swedish, Danish and Norwegian, Polish, Czech,
    # Slovak, Dutch, Turkish, Azerbaijani, Uzbek, Indonesian, Malay, Tagalog, Vietnamese, Russian, Ukrainian,
    # Kazakh, Greek, Romanian, Hungarian and Catalan, Finnish, Lithuanian, Latvian, Arabic, Persian, Urdu,
    # Hebrew, Hindi, Punjabi, Gujarati, Bengali, Tamil, Telugu, Kannada, Malayalam, Georgian, Armenian; Basque,
    # Esperanto, Swahili, Croatian, Slovene, Belarusian, Icelandic, Kyrgyz, Mongolian.
    """dot d0t dott dawt daht punto ponto point punkt punktum kropka tečka tecka bodka punt nokta nöqtə noqte nuqta
    puntu punkto nukta tačka točka pika кропка titik noktah tuldok chấm cham точка крапка нүкте τελεία τελεια punct pont
    piste taškas taskas punkts نقطة نقطه دوت دات ڈاٹ נקודה דוט דות डॉट डाट बिंदु ਡਾਟ
    ડોટ ডট டாட் డాట్ ಡಾಟ್ ഡോട്ട് წერტილი կետ тчк punktur чекит цэг period""".split()
) | {"d o t", "d.o.t", "d-o-t"}
"""The dot as a word of its own, with spaces or brackets around it."""

ENGLISH_DOT_WORDS: Final = frozenset({"dot", "d0t", "dott", "dawt", "daht", "d o t", "d.o.t", "d-o-t"})
"""Those of English, before which several words are one name more often."""

RARE_DOT_WORDS: Final = frozenset("period piste pont cham point punt dott punct noktah pika nukta".split())
"""Those of them that mean something else more often."""

HYPHEN_WORDS: Final = frozenset(
    "dash hyphen tiret guión guion hífen hifen trattino bindestrich strich дефис тире".split()
)
"""The hyphen as a word between the words of a name, before a spoken dot."""

DOT_WORD_COUNTRIES: Final = {
    "dot": "de us uk me in io to it my ph ng pk",
    "punkt": "de at ch pl se nu",
    "punto": "it es gal cat mx ar cl pe co",
    "ponto": "pt br",
    "point": "fr be ch",
    "punt": "nl be cat",
    "nokta": "tr",
    "titik": "id my",
    "chấm": "vn",
    "kropka": "pl",
    "tečka": "cz",
    "tecka": "cz",
    "bodka": "sk",
    "punktum": "dk no",
    "nöqtə": "az",
    "nuqta": "uz",
    "tuldok": "ph",
    "точка": "ru bg",
    "pont": "hu",
    "piste": "fi",
    "punct": "ro",
    "puntu": "eus",
    "nukta": "ke tz ug",
    "tačka": "rs ba me",
    "točka": "hr si",
    "pika": "si",
    "кропка": "by",
    "punkts": "lv",
    "taškas": "lt",
    "डॉट": "in",
    "डाट": "in",
    "ডট": "bd in",
    "டாட்": "in lk",
    "డాట్": "in",
    "ಡಾಟ್": "in",
    "ഡോട്ട്": "in",
    "ડોટ": "in",
    "ਡਾਟ": "in pk",
    "ڈاٹ": "pk in",
    "دات": "ir",
    "نقطة": "sa ae eg iq ma dz tn jo",
    "دوت": "sa ae eg iq ma dz tn jo",
    "կետ": "am",
    "წერტილი": "ge",
    "نقطه": "ir",
    "נקודה": "il",
    "тчк": "ru",
    "noktah": "my",
}
"""Country codes that are said after a dot-word of the country's own language."""

UNSPACED_DOT_WORDS: Final = ("点", "點", "ドット", "どっと", "닷", "점", "쩜", "ดอท", "ดอต", "จุด")
"""Chinese, Japanese, Korean and Thai write the word for the dot between the labels without spaces."""

COM_SPELLINGS: Final = {
    "c0m": "com",
    "kom": "com",
    "n3t": "net",
    "0rg": "org",
    "ком": "com",
    "ру": "ru",
    "нет": "net",
    "орг": "org",
    "инфо": "info",
    "컴": "com",
    "닷컴": "com",
    "คอม": "com",
    "كوم": "com",
    "کام": "com",
    "कॉम": "com",
    "コム": "com",
    "こむ": "com",
    "কম": "com",
    "காம்": "com",
    "కామ్": "com",
    "ಕಾಮ್": "com",
    "കോം": "com",
    "ਕਾਮ": "com",
    "કોમ": "com",
    "קום": "com",
    "κομ": "com",
    "կոմ": "com",
    "კომ": "com",
    "נט": "net",
    "नेट": "net",
    "ऑर्ग": "org",
    "इन": "in",
    "ইন": "in",
    "நெட்": "net",
    "নেট": "net",
    "نت": "net",
    "اورج": "org",
    "أورج": "org",
    "เน็ต": "net",
    "ネット": "net",
    "넷": "net",
}
"""A top-level domain that is disguised with a digit, or written by ear in another script behind a Latin name or
a spoken dot."""

LATIN_TWINS: Final = {"бг": "bg", "ею": "eu", "мкд": "mk"}
"""Endings in other letters under which no Latin name is registered: behind one the Latin ending is meant."""

LEADING_WORDS: Final = frozenset(
    """visit visiting go goto typed typing searched googled site website websites web webpage page link links url
    address domain join see try check called via from here online blog shop store download watch register official
    homepage click open daftar pergi kolla besök tjek sjekk besøg kijk bekijk bezoek schau schaut guckt sprawdź sprawdz
    zobacz wejdź wejdz koukni mrkni intrați nézd katso revisa checa confira regardez allez xem
    sitio página pagina enlace entra entrar entren visita visiten visitar visite acesse acessem acessar acesso
    entre loja tienda desde lien adresse seite webseite unter bei auf besuche besucht sur chez sito
    cliccare clicca presso сайт сайте сайта сайту ссылка ссылке заходи заходите переходи на по адресу klik
    kunjungi situs link-nya
    linknya cek buka lewat sayfa sitesi adres adresi tıkla tıklayın girin mira ve at on
    trang truy cập ghé vào www http https
    busca buscar busquen busquem procure pesquise cherche cherchez cari ищи ищите найди найдите szukaj szukajcie
    powered by launched tại ở 网站 官网 링크 사이트 홈페이지 サイト
    वेबसाइट साइट लिंक ওয়েবসাইট সাইট লিংক ਵੈੱਬਸਾਈਟ વેબસાઇટ இணையதளம் வெப்சைட் వెబ్‌సైట్ വെബ്സൈറ്റ് سائٹ سایت لینک موقع رابط
    אתר לינק קישור באתר เว็บ เว็บไซต์ ลิงก์""".split()
)
"""Words that stand right before an address: the noun for a site, or the verb or preposition that leads to it."""

ENGLISH_PREPOSITIONS: Final = frozenset("at on to in from for of with using by via thru through under is are".split())
PREPOSITIONS: Final = ENGLISH_PREPOSITIONS | frozenset(
    """es é è est ist são son adalah
     en em de do no na su di da in ke di w v bei auf von mit y e and or
    från på hos fra z ze na op van bij uit met sur chez dans con per presso din pe iz sa od ob pri iš prie
    bên per kwenye kutoka katika kay dari kat trên на в с со от из із з од са из от од у στο από bei em no pelo pela vom
    beim nel sul al desde""".split()
)
"""Small words before a name, which tell where the name begins."""

PLACE_PREPOSITIONS: Final = frozenset(
    """at on from via through thru en em na su sul nel sur chez bei beim auf von vom från på hos fra op bij van
    w z ze din pe iz sa od pri prie iš bên kwenye kutoka katika kat dari trên pelo pela в на с со от из з од са у
    στο από""".split()
)
"""Those of them that say where something is to be had; behind the others stands any noun."""

SENTENCE_WORDS: Final = frozenset(
    # English
    """the a an this that these those it its is was are were be been i you he she we they me him her us them my
    your his our their mine yours and or but if so as at by for from in into of off on out over to up with
    not no yes yeah yep nope ok okay lol omg haha hahaha please thanks thank hi hello hey bye good great nice
    oh ah uh um hmm huh
    cool awesome amazing best better bad worse sad happy cute pretty beautiful lovely sweet love loved like liked
    hate want need know knew think thought say said see saw look make made get got go going went gone come came
    do did done does have has had can could will would shall should may might must what when where who why how
    which there here then than now today tomorrow yesterday again always never ever just only also too very much
    more most less some any all every each both none one two three first last next new old big small long short
    high low right wrong true false real fake easy hard fun funny crazy weird same other another day night
    morning week month year time life world people man men woman women guy guys girl girls boy boys kid kids baby
    mom dad mother father brother sister sis bro friend friends family home house work job school money car game
    games video videos song songs music movie movies film show channel phone book food water thing things way
    place part end start name word words story love heart eyes hand head face fire dream god lord jesus amen
    sorry wait stop start please mad wow yay damn dude man sir dear kind sure fine done lost mine back down
    everything something nothing anything everyone someone anyone nobody dot polka red blue black white green
    dog cat system out self math console list object string test echo connect about with after before around
    title reading reaching driving
    """
    # Spanish, Portuguese, Italian, French
    """que qué quien como cuando donde porque pero por para con sin sobre muy más mas menos bien mal bueno buena
    malo linda lindo hermosa hermoso bonita bonito bella bello bellissimo bellissima genial super top gracias
    grazie merci obrigado obrigada amor vida mundo casa tiempo todo toda todos todas tudo nada siempre nunca
    ahora hoy también tambien sí si não nao sim mas ou e y o a os as um uma uno una el la los las le les lo
    eu tu ele ela nós vocês eles elas você voce yo tú él ella nosotros ustedes mi meu minha seu sua su sus
    isso isto esse essa este esta eso esto aqui ali lá già anche bene male molto poco sempre mai oggi cosa ciao
    bien mal très trop plus moins aussi encore toujours jamais rien tout tous toute bonjour oui non je il elle
    nous vous ils elles mon ma mes ton ta tes son sa ses ce cette ces fin jour vie ótimo otimo perfeito verdade
    verdad deus dios brasil música musica num numa dum duma neste nesta nesse nessa nisso nele nela tal
    ao aos pro pra pros pras
    """
    # German, Dutch, Indonesian and Malay, Turkish, Tagalog, Russian; yes and no in others, and Arabic
    """ich du er sie es wir ihr und oder aber nicht kein ja nein gut schön schon toll danke bitte heute morgen
    immer nie alles nichts viel mehr auch nur noch sehr was wer wie wo wann warum das der die dem den ein eine
    aku saya kamu kau dia kita kami mereka ini itu yang yg dan atau tapi tidak gak ga nggak enggak bukan ada apa siapa
    kenapa gimana mana sini sana sudah udah udh belum lagi juga aja saja banget sekali bisa mau harus dari untuk
    dengan sama pada oleh kalau kalo jadi masih semua orang org anak bapak pak ibu kak bang mas mbak min kakak
    teman rumah hari tahun keren mantap bagus cantik ganteng lucu makan tau tahu jangan
    çok güzel ve bu ne bir aynı aynısı aynısını bunu şunu burada buradan
    ben sen biz siz onlar var yok evet hayır harika ama daha en iyi
    ang ng mga sa ako ikaw siya kami po opo hindi oo lang naman talaga
    не да и в на что это как так все всё очень спасибо круто классно хорошо
    joo juu jep kyllä niin nej nei jaha nie ano igen nem ναι όχι нет ага неа угу ні والله يالله خلاص طيب نعم لا
    """.split()
)
"""Words so common that a full stop after them ends a sentence rather than a label."""

COM_FOLLOWERS: Final = frozenset(
    # Portuguese `com` is "with": articles, pronouns and the nouns that stand after it most often.
    """o a os as um uma uns umas ele ela eles elas você voce vc vcs vocês meu minha meus minhas seu sua seus suas
    nosso nossa esse essa esses essas este esta isso isto aquele aquela certeza razão razao deus fé fe amor
    muito muita muitos muitas todo toda todos todas tudo mais menos quem que saudade saudades carinho respeito
    força forca vontade medo fome raiva orgulho licença licenca calma cuidado pouco pouca nada ninguém alguém
    dois duas três outro outra outros outras tanta tanto esposa filho filha filhos família familia""".split()
)
"""What follows `com` where it is the Portuguese word and no ending of a name."""

FUNCTION_WORDS: Final = frozenset(
    """i you he she we they it me him them is are am was were be been have has had do does did can will would could
    my your his her its our their this that these those here there not no yes and or but if so as when what who how
    why just also very all everyone every u ur im its thats hey hi hello yo guys bro sis folks lol omg ok okay wow pls
    please thanks que no si es son está eu você ele ela eles não sim é são
    como as called named chamado chamada namens heißt isso ich du er sie wir nicht ist sind aku kamu ini itu yang dan
    ada moi tu je il elle nous vous pas est c'est ce ça""".split()
)
"""Words that are no part of a name even where a text says that spaces are to be taken out."""

CONJUNCTIONS: Final = frozenset("y e and or und ou oder i o et и или dan atau ve veya".split())
"""Words that only join, some of them among the `PREPOSITIONS`: they lead to a name no more than to any word."""

COPULAS: Final = frozenset("is are es é è est ist são son adalah".split())
"""Those among the `PREPOSITIONS` that mean "is": behind them stands a name as well as any word."""

NAME_PARTICLES: Final = frozenset("de di da do del della dei la le el los las der die das van von of the and".split())
"""Small words that stand inside a name of several words (`lacos de mel`)."""

ARTICLES: Final = frozenset("the le la les el los il lo der die das den de het o os um uma un una".split())
"""Words that open a title: what follows is its second word (`Le Quotidien.fr`)."""

TELLING_WORDS: Final = frozenset(
    """put add type write with and then just plus followed by adding the a ends ending it its in
    pon agrega añade ponle con y luego el põe coloca bota e depois o ajoute mets avec et puis le
    mit und dann setz ein aggiungi metti con poi il tambah tambahin pakai terus lalu ekle ve sonra""".split()
)
"""What is said between a name and its ending where the ending is told apart (`velmora and add .com`)."""

HONORIFICS: Final = frozenset(
    "mr mrs ms dr st prof sr sra srta dra jr mme mlle herr frau dhr mevr lic capt bpk".split()
)
"""Titles that stand before a name with a full stop and no space (`Mr.Green`)."""

SITE_VERBS: Final = frozenset(
    """report avoid block put puts type types add adds added adding say said write spell read
    visit check go join see try watch get use click open look find search google follow buy website site web
    link at on to from and or the my our your his her their this that out up here""".split()
)
"""Capitalised or not, never the first word of a name that is written in several words."""

BRANDS: Final = frozenset(
    """amazon android apple bitcoin disney ebay facebook fifa fortnite gmail google hotmail hulu ikea instagram
    ipad iphone ipod itunes kodi lazada lego linkedin messenger microsoft minecraft mtv netflix nintendo nokia
    paypal pepsi photoshop pinterest playstation pokemon pokémon reddit roblox samsung shein shopee skype
    snapchat soundcloud spotify steam telegram temu tesla tiktok tinder tumblr twitch twitter uber vimeo walmart
    whatsapp wii wikipedia windows xbox yahoo youtube zoom""".split()
)
"""Names of services and goods that sentences end in as they do in words (`my youtube.so sad`)."""

ENDING_VERBS: Final = frozenset(
    """ends ended ending has had hat hatte lleva llevan llevaba tiene termina terminan termine acaba acaban finisce
    finiscono finit finissent endet tem leva usa kończy заканчивается кончается bitiyor biter""".split()
)
"""What is said of an ending that is spoken of (`no lleva punto com`)."""

HANDLE_WORDS: Final = frozenset(
    "ig insta instagram snap snapchat tiktok tt twitter discord twitch fb handle user".split()
)
"""What stands before a handle that is written without its sign (`ig: tara.art`)."""

AT_WORDS: Final = (
    "chiocciola arroba arobase małpa malpa собака apenstaartje klammeraffe kukac zavináč snabel-a snabela".split()
)
"""What the sign of an address of a person is called."""

MAIL_HOSTS: Final = frozenset(
    """gmail yahoo hotmail outlook icloud protonmail proton live msn aol gmx mail yandex rocketmail ymail
    googlemail""".split()
)
"""The first label of hosts that serve mail to the public: after "at" they end an address of a person."""

PLATFORMS: Final = frozenset(
    """blogspot wordpress tumblr weebly facebook instagram youtube squarespace telegram tinyurl linktree onlyfans
    snapchat whatsapp tiktok paypal cashapp soundcloud patreon gofundme""".split()
)
"""Services whose name people split in two (`blog spot`)."""
