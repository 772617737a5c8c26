"""Where speech comes from: whether a file was generated, and the consent for cloned voices."""
