"""Who speaks in a text: quotations, the names of speakers, and the rules that join them."""
