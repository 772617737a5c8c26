"""Parsers, one for each file format, and format detection; they run in the child process."""
