"""The file of a recording: read, refused and written."""
