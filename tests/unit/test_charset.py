"""Legacy encodings, declared, undeclared and wrongly declared, are read as what they are."""

from __future__ import annotations

import pytest

from archive.charset import decode

TEXTS = {
    "ru": "Портовое управление сообщило в понедельник, что северный причал будет закрыт на три месяца из-за трещин.",
    "uk": "Портове управління повідомило в понеділок, що північний причал буде закрито на три місяці через тріщини.",
    "pl": "Zarząd portu poinformował w poniedziałek, że północne nabrzeże zostanie zamknięte z powodu pęknięć; źle.",
    "cs": "Správa přístavu v pondělí oznámila, že severní nábřeží bude kvůli trhlinám tři měsíce uzavřeno, šťastně.",
    "ro": "Administraţia portului a anunţat luni că cheiul nordic va fi închis trei luni, pe şoseaua de sud se trece.",
    "el": "Η λιμενική αρχή ανακοίνωσε τη Δευτέρα ότι η βόρεια αποβάθρα θα κλείσει για τρεις μήνες. Άλλα έργα.",
    "he": "רשות הנמלים הודיעה ביום שני כי הרציף הצפוני ייסגר לשלושה חודשים בגלל סדקים. המשאיות יסעו בכביש הדרומי.",
    "ar": "أعلنت هيئة الميناء يوم الاثنين أن الرصيف الشمالي سيغلق ثلاثة أشهر بسبب الشقوق، وستسلك الشاحنات الطريق.",
    "lt": "Uosto direkcija pirmadienį pranešė, kad šiaurinė krantinė dėl įtrūkimų bus uždaryta trims mėnesiams, ačiū.",
    "fr": "La capitainerie a annoncé lundi que le quai nord sera fermé trois mois à cause de fissures. Où ? À côté.",
    "de": "Die Hafenbehörde teilte am Montag mit, dass der nördliche Kai wegen Rissen drei Monate geschlossen bleibt.",
    "ja": "港湾局は月曜日、古い杭にひび割れが見つかったため北埠頭を三カ月間閉鎖すると発表した。",
}
DECLARED = [
    ("ru", "windows-1251"), ("ru", "koi8-r"), ("ru", "iso-8859-5"), ("ru", "x-mac-cyrillic"), ("ru", "ibm866"),
    ("uk", "koi8-u"), ("pl", "iso-8859-2"), ("cs", "iso-8859-2"), ("ro", "iso-8859-2"), ("el", "iso-8859-7"),
    ("he", "iso-8859-8"), ("ar", "iso-8859-6"), ("lt", "iso-8859-13"), ("lt", "iso-8859-4"), ("fr", "iso-8859-15"),
    ("de", "macintosh"), ("ja", "iso-2022-jp"),
]  # fmt: skip
UNDECLARED = [
    ("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "iso-8859-5"), ("ru", "cp866"), ("uk", "cp1251"), ("uk", "koi8-u"),
    ("pl", "cp1250"), ("el", "cp1253"), ("he", "cp1255"), ("ar", "cp1256"), ("lt", "cp1257"), ("fr", "iso-8859-15"),
    ("ja", "iso-2022-jp"),
]  # fmt: skip
PYTHON = {"x-mac-cyrillic": "mac-cyrillic"}


def page(lang: str, charset: str, declared: str) -> bytes:
    text = TEXTS[lang].encode(PYTHON.get(charset, charset))
    return f'<html><meta charset="{declared}"><body><p>'.encode() + text + b"</p>"


@pytest.mark.parametrize(("lang", "charset"), DECLARED)
def test_what_is_declared_is_read(lang: str, charset: str) -> None:
    assert TEXTS[lang] in decode(page(lang, charset, charset), None).text
    assert TEXTS[lang] in decode(page(lang, charset, "x"), f"text/html; charset={charset}").text


@pytest.mark.parametrize("declared", ["", "utf-8", "klingon"])
@pytest.mark.parametrize(("lang", "charset"), UNDECLARED)
def test_what_is_not_declared_or_wrongly_is_recognised(lang: str, charset: str, declared: str) -> None:
    assert TEXTS[lang] in decode(page(lang, charset, declared), None).text


@pytest.mark.parametrize("lang", ["pl", "cs", "ro", "tr"])
def test_the_page_s_language_tells_encodings_of_like_letters_apart(lang: str) -> None:
    text = TEXTS.get(lang, "Liman idaresi pazartesi günü rıhtımın çatlaklar nedeniyle kapatılacağını açıkladı, şart.")
    charset = "cp1254" if lang == "tr" else "cp1250"
    assert text in decode(f"<html lang={lang}><body>".encode() + text.encode(charset), None).text
