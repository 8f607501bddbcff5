"""Every variant calls every other: the pairs that keep a trace in one piece, and a fleet's way to migrate."""
