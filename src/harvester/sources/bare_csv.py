"""Any table with a column of comments, its header in whatever language: people's own spreadsheets.

The column names below are those that exporters and spreadsheets use; `--map` names any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from harvester.model import Comment
from harvester.sources.base import Item, Options, RecordRefused, Sample, Source
from harvester.sources.fields import RuinedId, comment_text, count, parent_id, tiktok_id, time, video_of_url, words

_SHORTEST_ID = 15
"""TikTok's ids have 18 or 19 digits: a shorter number in somebody's table counts its rows."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "text": (
        "text", "comment", "comment_text", "comment text", "body", "content", "message", "komentar", "nội dung",
        "bình luận", "comentario", "comentário", "texto", "commentaire", "texte", "kommentar", "commento", "testo",
        "yorum", "комментарий", "текст", "коментар", "komentarz", "コメント", "댓글", "评论", "評論", "内容",
        "ความคิดเห็น", "تعليق", "टिप्पणी",
    ),
    "comment_id": ("comment_id", "comment id", "cid", "id"),
    "video_id": ("video_id", "video id", "aweme_id", "video", "video_url", "video url", "post_url", "url"),
    "username": (
        "username", "user", "author", "user_name", "uniqueid", "unique_id", "handle", "pengguna", "usuario",
        "usuário", "utilisateur", "benutzer", "utente", "kullanıcı", "пользователь", "người dùng", "用户", "ユーザー",
    ),
    "posted_at": (
        "posted_at", "create_time", "createtime", "created_at", "timestamp", "date", "time", "tanggal", "fecha",
        "data", "datum", "tarih", "дата", "ngày", "日期",
    ),
    "parent_ref": ("parent_comment_id", "parent_id", "reply_to", "reply_id"),
    "like_count": ("like_count", "likes", "digg_count", "diggcount"),
    "reply_count": ("reply_count", "replies", "reply_comment_total"),
}  # fmt: skip


_KNOWN = frozenset(
    spelling for names in FIELDS.values() for name in names for spelling in (name, name.title(), name.upper())
)


class BareCsv(Source):
    """Comments of a table with a recognisable, or named, column of text."""

    name = "bare_csv"
    title = "Table with a column of comments (CSV)"

    def recognises(self, sample: Sample) -> bool:
        return sample.container == "table" and column_of("text", sample.columns) is not None

    def known_fields(self, options: Options) -> Set[str]:
        """The names that stand for a field, as they are usually written; any other column is kept as unknown."""
        return _KNOWN | set(options.columns.values())

    def record(self, item: Item, options: Options) -> Comment:
        row = item.value
        columns = {field: options.columns.get(field) or column_of(field, tuple(row)) for field in FIELDS}
        values = {field: row.get(column) for field, column in columns.items() if column is not None}
        if "text" not in values:
            raise RecordRefused("missing_text", "The row ends before its column of text.")
        video_url = video_of_url(values.get("video_id"))
        return Comment(
            _long_id(values, "comment_id"),
            video_url[0] if video_url else _long_id(values, "video_id"),
            comment_text(values, "text"),
            username=words(values.get("username")),
            parent_ref=parent_id(values.get("parent_ref")),
            like_count=count(values.get("like_count")),
            reply_count=count(values.get("reply_count")),
            posted_at=time(values.get("posted_at")),
            observed_at=options.observed_at,
            video_username=video_url[1] if video_url else None,
        )


def _long_id(values: Mapping[str, str | None], field: str) -> str | None:
    """The id in a column that may as well number the rows; a ruined one refuses the row."""
    value = (values.get(field) or "").strip()
    try:
        found = tiktok_id(value) if value[:1].isdecimal() else None
    except RuinedId as error:
        raise RecordRefused("ruined_id", f"The {field} is {error}: the id's digits are lost.") from error
    return found if found is not None and len(found) >= _SHORTEST_ID else None


def column_of(field: str, columns: Sequence[str]) -> str | None:
    """The column that holds a field, by the names above; the first name that is there wins.

    >>> column_of("text", ["pengguna", "Komentar", "tanggal"])
    'Komentar'
    """
    by_name = {column.strip().casefold(): column for column in columns}
    return next((by_name[name] for name in FIELDS[field] if name in by_name), None)
