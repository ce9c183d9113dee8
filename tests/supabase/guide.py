"""What stands in docs/howto/supabase.md between fences, so that tests can run it."""

from __future__ import annotations

import re
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "howto" / "supabase.md"


def guide_blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def guide_block(language: str, part: str = "") -> str:
    """The only block of this language that holds `part`."""
    (found,) = (block for block in guide_blocks(language) if part in block)
    return found
