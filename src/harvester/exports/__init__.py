"""What leaves the house: rows and pages in forms that other programs read. Nothing here knows of the web."""
