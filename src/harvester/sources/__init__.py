"""Where videos and comments come from: one file an API or export format, the only place that knows its keys."""
