"""Block and allow lists that others keep: one file a format, each line read by itself."""
