"""Spoken books as files: audiobooks, chapters, subtitles, EPUB with media overlays."""
