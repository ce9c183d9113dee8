"""`harvester <noun> <verb>`, and bare verbs for the daily ones: the room that puts all others together."""
