"""The typed parts of `SpeechService`: its voices and its engines. The history is in `stats`."""
