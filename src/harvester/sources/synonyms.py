"""Names under which collectors and people's own tables hold what a comment is made of, in many languages.

Shared by the two formats that take what no other format knows. A name counts whatever its case and whatever
stands between its words: `Comment_Text`, `commentText` and `comment text` are one. Of several columns for one
field the first, in the order below, that holds something readable is taken; every other stays unknown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Set
from datetime import datetime
from functools import lru_cache
from typing import Any

from harvester.model import Comment
from harvester.sources.base import Options, RecordRefused
from harvester.sources.fields import RuinedId, shown_count, tiktok_id, time, video_of_url, words


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


FIELDS: Mapping[str, tuple[str, ...]] = {
    "text": _names(
        """text, comment text, comment, comment content, comment body, body, content, message,
        komentar, isi komentar, teks komentar, teks, komen, ulasan, komento,
        nội dung bình luận, nội dung, bình luận, noi dung, binh luan, ความคิดเห็น, ข้อความ, မှတ်ချက်,
        comentario, texto del comentario, comentário, texto do comentário, texto, contenido, conteúdo,
        commentaire, texte du commentaire, texte, contenu, commento, testo, contenuto, comentariu,
        kommentar, kommentartext, inhalt, reactie, opmerking, tekst, kommentti, teksti, komentář, hozzászólás,
        komentarz, treść, комментарий, текст комментария, текст, коментар, σχόλιο, κείμενο, yorum, metin, içerik,
        コメント, コメント内容, 本文, 댓글, 댓글 내용, 내용, 评论内容, 评论, 評論內容, 評論, 留言, 内容, 內容,
        تعليق, التعليق, نص, النص, نظر, متن, תגובה, टिप्पणी, মন্তব্য"""
    ),
    "comment_id": _names(
        """comment id, cid, id comment, id komentar, id bình luận, id del comentario, id do comentário, id comentario,
        id du commentaire, kommentar id, yorum id, id комментария, コメントid, 댓글 id, 评论id, 評論id, id"""
    ),
    "video_id": _names(
        """video id, aweme id, item id, post id, media id, vid id, id video, id del video, id do vídeo, id vidéo,
        id видео, 動画id, 视频id, 影片id, video, post"""
    ),
    "video_url": _names(
        """video url, video web url, web video url, video link, post url, post link, aweme url, tiktok url, url video,
        link video, url del video, url do vídeo, 動画url, 视频链接, 影片連結,
        source url, input url, comment url, permalink, url, link"""
    ),
    "username": _names(
        """username, unique id, author username, author unique id, user username, user unique id, commenter username,
        commenter user name, comment username, handle, author handle, user handle, user, author, commenter,
        pengguna, nama pengguna, nama akun, akun, tên người dùng, người dùng, tài khoản, ชื่อผู้ใช้, ผู้ใช้,
        usuario, nombre de usuario, usuário, nome de usuário, utilisateur, nom d'utilisateur, benutzer, benutzername,
        utente, nome utente, gebruiker, gebruikersnaam, användarnamn, brugernavn, brukernavn, käyttäjä,
        użytkownik, nazwa użytkownika, uživatel, пользователь, имя пользователя, користувач, χρήστης,
        kullanıcı, kullanıcı adı, ユーザー, ユーザー名, 사용자, 사용자 이름, 아이디,
        用户, 用户名, 用戶, 使用者, اسم المستخدم, المستخدم, کاربر, שם משתמש, उपयोगकर्ता"""
    ),
    "posted_at": _names(
        """posted at, create time, create time iso, created at, created time, created, comment time, comment date,
        comment create time, published at, publish time, publish date, posted, unix timestamp, timestamp, datetime,
        date time, date, time, tanggal, waktu, tarikh, masa, ngày, ngày đăng, thời gian, วันที่, เวลา, fecha, fecha y hora,
        hora, data, data e hora, date et heure, datum, zeit, zeitstempel, dato, päivämäärä, tarih, zaman, дата, время,
        час, ημερομηνία, 日付, 日時, 投稿日時, 날짜, 시간, 작성일, 日期, 时间, 時間, 发布时间, 评论时间, 發布時間,
        تاريخ, التاريخ, الوقت, תאריך, दिनांक, समय, petsa"""
    ),
    "parent_ref": _names(
        """parent comment id, parent id, reply to comment id, reply to id, replies to id, replied to id,
        root comment id, in reply to, reply to, parent comment, reply id"""
    ),
    "like_count": _names(
        """like count, likes count, likes, digg count, comment likes, comment like count, num likes, like, suka,
        jumlah suka, lượt thích, số lượt thích, ถูกใจ, me gusta, curtidas, j'aime, gefällt mir, mi piace, beğeni,
        beğeni sayısı, лайки, лайков, いいね, いいね数, 좋아요, 点赞, 点赞数, 讚, 按讚數, إعجاب, الإعجابات"""
    ),
    "reply_count": _names(
        """reply count, replies count, replies, reply comment total, reply total, total replies, total reply,
        num replies, balasan, jumlah balasan, trả lời, lượt trả lời, respuestas, respostas, réponses, antworten,
        risposte, yanıtlar, ответы, ответов, 返信, 返信数, 답글, 回复, 回复数, 回覆, 回覆數, ردود, الردود"""
    ),
    "observed_at": _names(
        """observed at, scraped at, collected at, crawled at, fetched at, retrieved at, extracted at, scrape time,
        scrape date, scraped time, collection time"""
    ),
}
_BETWEEN = re.compile(r"[\s_\-./]+")
_RUINED = re.compile(r"\d([.,]\d+)?[eE]\+?\d\d|\d{15,}[.,]\d+")


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without its case, be it Turkish, and without what stands between its words.

    >>> plain("Comment_Text"), plain("commentText"), plain("author/uniqueId"), plain(" Nội  dung ")
    ('commenttext', 'commenttext', 'authoruniqueid', 'nộidung')
    """
    folded = unicodedata.normalize("NFKC", name).casefold().replace("i\u0307", "i").replace("ı", "i")
    return _BETWEEN.sub("", unicodedata.normalize("NFC", folded))


_PLAIN = {field: tuple(plain(name) for name in names) for field, names in FIELDS.items()}


@lru_cache(maxsize=1024)
def columns_of(names: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """The columns that may hold each field, the likeliest first; fields that none may hold are not in it.

    >>> columns_of(("Pengguna", "Komentar", "tanggal"))
    {'text': ('Komentar',), 'username': ('Pengguna',), 'posted_at': ('tanggal',)}
    """
    by_name = {plain(name): name for name in reversed(names)}
    held = {field: tuple(by_name[name] for name in spelled if name in by_name) for field, spelled in _PLAIN.items()}
    return {field: columns for field, columns in held.items() if columns}


def long_id(value: Any) -> str | None:
    """An id in a place that may as well number the rows, or hold words; raises RuinedId.

    TikTok's ids have 18 or 19 digits. Some exporters write an apostrophe before them, to keep spreadsheets away.

    >>> long_id("7580293006230930184"), long_id("'7580293006230930184"), long_id("12"), long_id("1-1"), long_id("first")
    ('7580293006230930184', '7580293006230930184', None, None, None)
    """
    text = "" if value is None or isinstance(value, bool) else str(value).strip().removeprefix("'")
    if _RUINED.fullmatch(text):
        raise RuinedId(text[:80])
    return tiktok_id(text) if 15 <= len(text) <= 25 and text.isascii() and text.isdecimal() else None


def comment_of(row: Mapping[str, Any], options: Options) -> tuple[Comment, frozenset[str]]:
    """The comment that a row holds, without metadata, and the columns that it was read from.

    A column that the operator names goes before all others. Raises RecordRefused.
    """
    values: dict[str, Any] = {}
    used = set()
    ruined: dict[str, RuinedId] = {}
    named = {field: (column,) for field, column in options.columns.items()}
    for field, columns in {**columns_of(tuple(row)), **named}.items():
        for column in columns:
            try:
                value = _READERS[field](row.get(column))
            except RuinedId as error:
                ruined[field] = error
                continue
            if value is not None:
                values[field] = value
                used.add(column)
                break
    _check(values, ruined)
    video_id, video_username = _video_of(values)
    comment_id, parent = values.get("comment_id"), values.get("parent_ref")
    comment = Comment(
        comment_id,
        video_id,
        values["text"],
        username=values.get("username"),
        # Some collectors name the video itself as the parent of a comment that answers none.
        parent_ref=None if parent in {comment_id, video_id} else parent,
        like_count=values.get("like_count"),
        reply_count=values.get("reply_count"),
        posted_at=values.get("posted_at"),
        observed_at=values.get("observed_at") or options.observed_at,
        video_username=video_username,
    )
    return comment, frozenset(used)


class _AnyName(Set[str]):
    """Holds every name there is."""

    def __contains__(self, name: object) -> bool:
        return True

    def __ge__(self, other: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


ANY_NAME = _AnyName()
"""The known fields of a format that keeps what it did not use itself: which those are, differs from row to row."""


def _video_of(values: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Id of the video, and the handle of its creator where an address of the same video has it."""
    by_id, by_address = values.get("video_id", (None, None)), values.get("video_url", (None, None))
    same = by_id[0] in {None, by_address[0]}
    return by_id[0] or by_address[0], by_id[1] or (by_address[1] if same else None)


def _check(values: Mapping[str, Any], ruined: Mapping[str, RuinedId]) -> None:
    if "text" not in values:
        raise RecordRefused("missing_text", "There is no text under any name that stands for one.")
    for field in ("comment_id", "video_id"):
        if field in ruined and field not in values and (field == "comment_id" or "video_url" not in values):
            raise RecordRefused("ruined_id", f"The {field} is {ruined[field]}: the id's digits are lost.")


def _text(value: Any) -> str | None:
    """Empty is allowed: a comment may be a picture."""
    return value if isinstance(value, str) else None


def _video(value: Any) -> tuple[str, str | None] | None:
    """Id of a video and handle of its creator, from an address or a bare id."""
    named = video_of_url(value)
    if named is not None:
        return named
    video_id = long_id(value)
    return (video_id, None) if video_id else None


def _handle(value: Any) -> str | None:
    handle = words(value)
    return words(handle.removeprefix("@")) if handle else None


def _parent(value: Any) -> str | None:
    try:
        return long_id(value)
    except RuinedId:
        return None


def _time(value: Any) -> datetime | None:
    return time(value) if isinstance(value, str | int | float) else None


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "text": _text,
    "comment_id": long_id,
    "video_id": _video,
    "video_url": video_of_url,
    "username": _handle,
    "posted_at": _time,
    "parent_ref": _parent,
    "like_count": shown_count,
    "reply_count": shown_count,
    "observed_at": _time,
}
