"""Invented videos and comments, deterministic, and our own server that gives them as TikTok's APIs do."""
