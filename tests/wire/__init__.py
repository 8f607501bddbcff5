"""The decoders against hand-made, captured and broken bytes."""
