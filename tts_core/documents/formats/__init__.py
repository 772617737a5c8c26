"""The file formats: how each is told from the others and read, in the process that reads files."""
