"""Pictures of the dashboard for the docs: `python -m docs.pictures`."""
