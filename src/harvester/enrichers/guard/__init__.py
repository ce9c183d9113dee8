"""The one door out: whatever a stranger chose to send us to is read, resolved, judged, dialled and bounded here."""

from harvester.enrichers.guard.door import Guard
from harvester.enrichers.guard.limits import Limits

__all__ = ["Guard", "Limits"]
