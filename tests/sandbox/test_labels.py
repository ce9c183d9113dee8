"""The domains of the invented month: who is named when, how it is written, and that the labels are true."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import chain, pairwise

import idna
import pytest
from publicsuffixlist import PublicSuffixList

from harvester.model import Comment, Video
from harvester.sandbox.disguises import DISGUISES, OPEN_FORMS, Disguise
from harvester.sandbox.generate import DEMO, generate_labelled
from harvester.sandbox.lures import CAMPAIGNS, PLATFORMS, tail_lure
from harvester.sandbox.pitches import CASINO, DOUBTS, GIVEAWAY, PITCHES, SHOP
from harvester.sandbox.tongues import TONGUES
from harvester.sandbox.traps import TRAPS

ANCHOR = datetime(2025, 9, 6, 14, 30, tzinfo=UTC)
RECORDS = tuple(generate_labelled(DEMO, ANCHOR))
COMMENTS = tuple(record for record, _ in RECORDS if isinstance(record, Comment))
SPOKEN = tuple((record, labels) for record, labels in RECORDS if isinstance(record, Comment))
PLATFORM_HOSTS = {platform.host for platform in PLATFORMS}
SUFFIXES = PublicSuffixList()


def seen(record: Video | Comment) -> datetime:
    assert record.observed_at is not None
    return record.observed_at


def mentions_by_day(hosts: set[str]) -> Counter[int]:
    """How often any of the hosts is meant, by days before the anchor's."""
    return Counter(
        (ANCHOR.date() - seen(comment).date()).days for comment, labels in SPOKEN for label in labels if label in hosts
    )


def hosts_of(kind: str) -> set[str]:
    return {lure.host for lure in CAMPAIGNS if lure.kind == kind and lure.first > 0}


def first_seen(records: list[tuple[Video | Comment, tuple[str, ...]]]) -> dict[str, date]:
    days: dict[str, date] = {}
    for record, labels in records:
        for label in labels:
            days[label] = min(days.get(label, date.max), seen(record).date())
    return days


@pytest.mark.parametrize("minutes", [0, 1, 1439])
def test_something_is_new_today_at_any_minute_of_the_day(minutes: int) -> None:
    anchor = datetime(2025, 9, 6, tzinfo=UTC) + timedelta(minutes=minutes)
    firsts = first_seen(list(generate_labelled(DEMO, anchor)))
    assert sum(day == anchor.date() for day in firsts.values()) >= 5


def test_every_language_can_offer_and_doubt() -> None:
    codes = {tongue.code for tongue in TONGUES}
    assert set(DOUBTS) == codes
    assert all(set(PITCHES[kind]) == codes for kind in (GIVEAWAY, SHOP, CASINO))
    templates = chain(*DOUBTS.values(), *(chain(*kind.values()) for kind in PITCHES.values()))
    assert all(template.count("{link}") == 1 for template in templates)


@pytest.mark.parametrize("form", DISGUISES, ids=lambda form: form.name)
def test_every_form_of_writing_occurs(form: Disguise) -> None:
    texts = "\n".join(comment.text for comment, labels in SPOKEN if labels)
    dots = [tongue.dot for tongue in TONGUES if tongue.code != "en"]
    assert any(form.write(lure.host, "", dot) in texts for lure in CAMPAIGNS for dot in dots)


@pytest.mark.parametrize("form", DISGUISES, ids=lambda form: form.name)
def test_no_two_forms_write_the_same(form: Disguise) -> None:
    others = {other.write("velvetcornerjackets.shop", "", "точка") for other in DISGUISES if other is not form}
    assert form.write("velvetcornerjackets.shop", "", "точка") not in others


def test_names_outside_ascii_occur_and_hide_nothing() -> None:
    foreign = [lure.host for lure in CAMPAIGNS if not lure.host.isascii()]
    for host in foreign:
        written = [c.text for c, labels in SPOKEN if idna.encode(host, uts46=True).decode() in labels]
        assert written
        assert all(any(f.write(host, "", "") in text for f in OPEN_FORMS) for text in written)


def test_paths_and_second_domains_occur() -> None:
    assert any(".com/claim" in comment.text for comment in COMMENTS)
    assert any(len(labels) == 2 for _, labels in SPOKEN)


def test_every_trap_is_set_and_means_no_domain() -> None:
    innocent = "\n".join(comment.text for comment, labels in SPOKEN if not labels)
    guilty = "\n".join(comment.text for comment, labels in SPOKEN if labels)
    for trap in TRAPS:
        for piece in trap.split("{n}"):
            assert piece in innocent
        assert trap.split("{n}")[0] not in guilty


def test_labels_are_a_labels_under_a_public_suffix() -> None:
    for label in {label for _, labels in RECORDS for label in labels}:
        assert label == label.lower()
        assert label.isascii()
        assert not label.startswith("www.")
        assert idna.encode(idna.decode(label), uts46=True).decode() == label
        assert SUFFIXES.publicsuffix(label, accept_unknown=False) is not None
        assert SUFFIXES.privatesuffix(label, accept_unknown=False) is not None


def test_names_are_too_long_to_be_anybodys_unless_they_are_platforms() -> None:
    hosts = {label for _, labels in RECORDS for label in labels}
    hosts |= {tail_lure(birth, rank).host for birth in range(739_000, 739_090) for rank in range(30)}
    for host in hosts - PLATFORM_HOSTS:
        registrable = SUFFIXES.privatesuffix(host, accept_unknown=False)
        assert registrable is not None
        assert len(idna.decode(registrable.split(".")[0])) >= 16


def test_platforms_are_few() -> None:
    meant = [label for _, labels in SPOKEN for label in labels]
    assert set(meant) >= PLATFORM_HOSTS
    assert sum(label in PLATFORM_HOSTS for label in meant) < len(meant) / 5


def test_the_letters_of_every_label_stand_in_its_text() -> None:
    for comment, labels in SPOKEN:
        letters = unicodedata.normalize("NFKC", comment.text).replace("\u200b", "").casefold()
        for label in labels:
            for part in idna.decode(label).split("."):
                assert part in letters


def test_only_comments_mean_domains() -> None:
    assert not any(labels for record, labels in RECORDS if isinstance(record, Video))


def test_the_giveaway_ring_rises() -> None:
    days = mentions_by_day(hosts_of(GIVEAWAY))
    assert max(days) <= 6
    assert days[0] > days[3] > days[6]
    assert sum(days[day] for day in (0, 1, 2)) > sum(days[day] for day in (3, 4, 5, 6)) > 0


def test_the_shop_is_steady_for_weeks() -> None:
    days = mentions_by_day(hosts_of(SHOP))
    weeks = [sum(days[day] for day in range(start, start + 7)) for start in (0, 7, 14)]
    assert all(later < 3 * earlier for earlier, later in pairwise(sorted(weeks)))
    assert min(weeks) >= 10


def test_the_gambling_ring_fell_silent_ten_days_ago() -> None:
    days = mentions_by_day(hosts_of(CASINO))
    assert min(days) == 10
    assert sum(days.values()) > 50


def test_a_long_tail_of_small_names_is_there() -> None:
    meant = Counter(label for _, labels in SPOKEN for label in labels)
    known = {lure.host for lure in CAMPAIGNS} | PLATFORM_HOSTS
    small = [label for label, times in meant.items() if times <= 3 and label not in known]
    assert len(small) > 80
