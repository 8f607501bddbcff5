"""Wire formats: bytes or JSON in, spans out."""
