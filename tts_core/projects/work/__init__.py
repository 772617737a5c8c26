"""What is done of projects in the background: documents are cut, sentences are spoken."""
