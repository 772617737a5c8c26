"""Spoken documents: kept, cast, made in the background, corrected, exported."""
