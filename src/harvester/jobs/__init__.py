"""What happens when, how often, and what if it fails."""
