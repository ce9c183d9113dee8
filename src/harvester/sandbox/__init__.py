"""Invented videos and comments, deterministic, for demonstrations and load."""
