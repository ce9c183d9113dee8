"""TikTok comments in, the domains meant in them out, each with its evidence."""

__version__ = "0.1.0"
