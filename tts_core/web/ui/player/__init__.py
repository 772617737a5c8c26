"""The player at the bottom of the page, and what is sent to it."""
