"""Clients of TikTok's official APIs: Research and Commercial Content."""
