"""Documents as chapters of text: one module for each file format."""
