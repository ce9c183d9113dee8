"""The pages: each a frozen dataclass that loads itself and knows nothing of HTML, JSON or CSV."""
