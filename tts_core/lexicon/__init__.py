"""The pronunciation dictionary: how words are spoken, by owner. `SpeechService.lexicon` uses it."""
