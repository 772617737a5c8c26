"""Documents of every format: good ones, hostile ones, and who speaks in them."""
