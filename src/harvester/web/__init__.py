"""Dashboard and REST API: a page is a dataclass; HTML, JSON and CSV are its renderings.

The way of a request: `guard` lets it in, `routes` names the page, the page in `pages/` loads itself in one
read-only transaction, `rendering` turns it into an answer. What goes wrong ends in `problem`.
"""
