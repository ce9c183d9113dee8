"""The corpus of yes and no: each line is a case, and its reason is the name of the test."""

import pytest
from tests.domains.corpus import cases, plain

from harvester.domains import extract
from harvester.model import SHOWN_CONFIDENCE


@pytest.mark.parametrize(("form", "text", "hosts"), [pytest.param(*case, id=case[0]) for case in cases("links.txt")])
def test_a_link_is_found_whole(form: str, text: str, hosts: str) -> None:
    found = [
        ("" if mention.confidence >= SHOWN_CONFIDENCE else "-") + mention.domain.domain_name
        for mention in extract(plain(text))
    ]
    wants_held = "-" in {host[0] for host in hosts.split()}
    assert [host for host in found if wants_held or host[0] != "-"] == hosts.split(), form


@pytest.mark.parametrize(("reason", "text"), [pytest.param(*case, id=case[0]) for case in cases("not_links.txt")])
def test_nothing_is_shown_where_no_domain_is_meant(reason: str, text: str) -> None:
    shown = [m.domain.domain_name for m in extract(plain(text)) if m.confidence >= SHOWN_CONFIDENCE]
    assert shown == [], reason
