"""The command line, `aloud`: one module for each command. No other package imports it."""
