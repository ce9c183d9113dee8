"""Every ending in the tables exists."""

import idna
import pytest

from harvester.domains import endings
from harvester.domains.registrable import top_level_domains

TABLES = [name for name, value in vars(endings).items() if isinstance(value, frozenset) and name != "KNOWN_HOSTS"]


@pytest.mark.parametrize("table", TABLES)
def test_each_ending_is_a_top_level_domain(table: str) -> None:
    unknown = {each for each in getattr(endings, table) if idna.encode(each).decode() not in top_level_domains()}
    assert unknown == set()
