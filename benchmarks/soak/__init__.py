"""A long run of real clients against a receiver that is restarted, slow or absent."""
