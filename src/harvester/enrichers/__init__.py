"""What the outside world says about a domain, asked politely and through one guard."""
