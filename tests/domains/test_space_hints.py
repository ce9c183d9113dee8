"""What tells to take the spaces out of a torn name, and what only speaks of space."""

import pytest

from harvester.domains.space_hints import tells_to_join


@pytest.mark.parametrize(
    "text",
    [
        " (no spaces)",
        " (NO SPACES!)",
        " remove the spaces pls",
        " take out the gap or it wont work",
        " type it without any spaces",
        " no space between",
        " (spaces)",
        " all one word",
        " type it all together!",
        " sin espacios",
        " quita los espacios porfa",
        " todo junto, gracias",
        " sem espaço e ganhe",
        " (tira os espaços)",
        " sans espaces",
        " enlevez les espaces",
        " senza spazi, mi raccomando",
        " (ohne Leerzeichen)",
        " Leerzeichen weglassen",
        " zonder spaties",
        " utan mellanslag",
        " ilman välilyöntejä",
        " без пробелов",
        " пробелы убрать",
        " без пробілів",
        " bez spacji",
        " fără spații",
        " szóköz nélkül",
        " boşluksuz yazın",
        " boşlukları sil",
        " tanpa spasi",
        " (hapus spasi)",
        " bina space ke",
        " 去掉空格",
        " スペースなし",
        " 띄어쓰기 없이",
        " بدون مسافات",
    ],
)
def test_an_instruction_tells_to_join(text: str) -> None:
    assert tells_to_join(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " there is space for everyone",
        " gives you 10gb of space",
        " has no space limits at all",
        " gabung sekarang juga",
        " wir kaufen da alle zusammen",
        " tudo junto e misturado",
        " hay espacio para todos",
        " ha molti spazi aperti",
        " the gap between rich and poor",
        " one word can change the world",
        " пробел в знаниях",
        " boşluk doldurma testi",
        " with the exception that any spaces used as part of it are kept",
    ],
)
def test_a_sentence_about_space_tells_nothing(text: str) -> None:
    assert not tells_to_join(text)
