"""The command line, `aloud`: one file for each command. Nothing else imports it."""
