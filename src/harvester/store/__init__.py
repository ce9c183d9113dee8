"""The only room that speaks to PostgreSQL."""
