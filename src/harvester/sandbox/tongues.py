"""The languages of the sandbox: what people say under videos when they name no domain."""

from __future__ import annotations

from dataclasses import dataclass

from harvester.sandbox.words import phrases


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language as invented commenters write it."""

    code: str
    """ISO 639-1."""
    regions: tuple[str, ...]
    dot: str
    """How its writers say the dot of an address."""
    comma: str
    """What joins two remarks."""
    openers: tuple[str, ...]
    remarks: tuple[str, ...]
    hashtags: tuple[str, ...]


TONGUES = (
    Tongue(
        "en",
        ("US", "GB", "CA", "AU"),
        "dot",
        ", ",
        phrases("ok but|honestly|wait|no because|listen|not gonna lie"),
        phrases("""the ending got me twice|my cat watched this with me|who taught her that turn
            |I needed this on a Monday|the second take is even better|that soup looks unreal
            |my dad does exactly this|I replayed the drop six times|where is the rest of it
            |the lighting is so soft here|this deserves a longer version
            |he really said it with a straight face"""),
        phrases("#kitchenwins|#slowsunday|#tinygarden|#firsttry"),
    ),
    Tongue(
        "es",
        ("ES", "MX", "AR", "CO"),
        "punto",
        ", ",
        phrases("la verdad|oye|es que|mira|ay no"),
        phrases("""mi abuela lo hace igualito|esa risa me mató|lo vi tres veces seguidas
            |necesito la segunda parte ya|qué paciencia tiene el perro|la receta salió riquísima
            |nadie esperaba ese final|la canción se me quedó pegada
            |qué lindo quedó el patio|yo intentando esto en casa"""),
        phrases("#cocinafacil|#domingotranquilo|#mijardin"),
    ),
    Tongue(
        "pt",
        ("BR", "PT"),
        "ponto",
        ", ",
        phrases("gente|olha|sério|calma|mano"),
        phrases("""minha mãe ia amar isso|esse gato tem mais juízo que eu|quero morar nessa varanda
            |o final me pegou de surpresa|já assisti umas dez vezes|ficou lindo demais o bolo
            |ninguém fala da música de fundo|faz a parte dois por favor|que saudade do interior
            |tentei e queimei tudo"""),
        phrases("#receitadavo|#domingocalmo|#minhahorta"),
    ),
    Tongue(
        "fr",
        ("FR", "BE", "CA"),
        "point",
        ", ",
        phrases("franchement|attends|mais|bon|en vrai"),
        phrases("""le chat juge tout le monde|j'ai ri toute seule dans le bus|la fin est parfaite
            |ma sœur fait pareil le matin|on veut la suite|ce pain a l'air incroyable
            |je le regarde en boucle|quelle patience avec cette pâte|la lumière est magnifique
            |j'ai essayé et c'était raté"""),
        phrases("#cuisinesimple|#petitjardin|#matincalme"),
    ),
    Tongue(
        "de",
        ("DE", "AT", "CH"),
        "punkt",
        ", ",
        phrases("also ehrlich|moment|naja|leute|hä"),
        phrases("""mein Hund schaut genauso|das Ende kam unerwartet|bitte mehr davon
            |ich lache seit fünf Minuten|so macht das meine Oma auch|der Garten ist ein Traum
            |hab es nachgebacken und es war super|wer hat die Kamera gehalten
            |die Musik passt perfekt dazu|genau so war mein Montag"""),
        phrases("#einfachkochen|#ruhigersonntag|#kleinergarten"),
    ),
    Tongue(
        "id",
        ("ID",),
        "titik",
        ", ",
        phrases("jujur|eh|tapi|sumpah|waduh"),
        phrases("""kucingnya lebih sabar dari aku|endingnya bikin kaget|aku ulang terus bagian tengah
            |ibuku pasti suka ini|warnanya cantik banget|kapan lanjutannya dibuat
            |masakannya kelihatan enak|lagunya nempel di kepala|aku coba malah gosong
            |tetanggaku persis begini"""),
        phrases("#masakrumah|#mingguTenang|#kebunkecil"),
    ),
    Tongue(
        "tr",
        ("TR",),
        "nokta",
        ", ",
        phrases("ya|valla|bence|dur bi|hani"),
        phrases("""kedinin bakışı beni bitirdi|sonunu hiç beklemiyordum|annem de aynen böyle yapar
            |devamı ne zaman gelecek|çorba harika görünüyor|üç kere üst üste izledim
            |müzik çok yakışmış|bahçeye bayıldım|denedim ama olmadı|pazartesi sabahı tam ben"""),
        phrases("#evyemegi|#sakinpazar|#minikbahce"),
    ),
    Tongue(
        "ru",
        ("RU", "KZ", "BY"),
        "точка",
        ", ",
        phrases("слушайте|ну|честно|погодите|а вот"),
        phrases("""кот смотрит как начальник|конец просто лучший|у бабушки точно так же
            |пересмотрела раз десять|где вторая часть|пирог выглядит отлично
            |музыка подобрана идеально|хочу такой же сад|попробовал и всё сгорело
            |это я каждый понедельник"""),
        phrases("#простойужин|#тихоевоскресенье|#маленькийсад"),
    ),
    Tongue(
        "vi",
        ("VN",),
        "chấm",
        ", ",
        phrases("thật sự|ủa|mà|trời ơi|công nhận"),
        phrases("""con mèo nhìn buồn cười quá|đoạn cuối bất ngờ ghê|mẹ mình cũng làm y vậy
            |xem đi xem lại mấy lần rồi|khi nào có phần hai|nhìn món canh mà đói
            |nhạc nền hợp quá chừng|góc vườn xinh thật|mình thử mà cháy hết|y chang sáng thứ hai của mình"""),
        phrases("#mónnhà|#chủnhật|#vườnnhỏ"),
    ),
    Tongue(
        "th",
        ("TH",),
        "ดอท",
        " ",
        phrases("จริง ๆ|เดี๋ยวนะ|คือ|โห|แต่ว่า"),
        phrases("""แมวหน้าตาเหมือนหัวหน้าเลย|ตอนจบคาดไม่ถึง|แม่ฉันก็ทำแบบนี้|ดูวนไปหลายรอบแล้ว
            |รอภาคสองอยู่นะ|น้ำซุปน่ากินมาก|เพลงเข้ากันสุด ๆ|สวนเล็กแต่น่ารัก|ลองทำแล้วไหม้หมด"""),
        phrases("#อาหารบ้าน|#วันอาทิตย์|#สวนเล็ก"),
    ),
    Tongue(
        "ar",
        ("SA", "EG", "AE"),
        "دوت",
        "، ",
        phrases("بصراحة|والله|طيب|لحظة|يعني"),
        phrases("""القطة أذكى مني|النهاية فاجأتني|أمي تعملها بنفس الطريقة|شاهدته أكثر من مرة
            |متى الجزء الثاني|الشوربة شكلها لذيذ|الموسيقى مناسبة جدا|الحديقة جميلة
            |جربت واحترق كل شيء|هذا أنا كل صباح"""),
        phrases("#طبخ_البيت|#حديقة_صغيرة|#هدوء"),
    ),
    Tongue(
        "hi",
        ("IN",),
        "डॉट",
        ", ",
        phrases("सच में|अरे|वैसे|रुको|भाई"),
        phrases("""बिल्ली सबसे समझदार निकली|आखिर में तो हँसी आ गई|मेरी नानी भी ऐसे ही बनाती हैं
            |कई बार देख लिया|दूसरा भाग कब आएगा|सूप देखकर भूख लग गई|गाना दिमाग में बैठ गया
            |बगीचा बहुत प्यारा है|मैंने कोशिश की और सब जल गया"""),
        phrases("#घरकाखाना|#शांतरविवार|#छोटाबगीचा"),
    ),
    Tongue(
        "ja",
        ("JP",),
        "ドット",
        "、",
        phrases("いや|正直|待って|でも|なんか"),
        phrases("""猫の顔が店長みたい|最後でびっくりした|うちの祖母も同じやり方|もう何回も見てる
            |続きはいつですか|スープがおいしそう|音楽がぴったり|小さい庭がかわいい|真似したら焦げました"""),
        phrases("#おうちごはん|#静かな日曜|#小さな庭"),
    ),
)

"""The commonest first."""

BY_CODE = {tongue.code: tongue for tongue in TONGUES}

TAILS = ("", "", "", "", "", " 😂", " 😭", " ❤️", "!!", " 🔥", " 🥹", "…", " 👏👏", " 🌱", " 🫶")
"""What follows a remark; usually nothing."""
