"""The file of a recording: OTLP/JSON and answers in JSON lines, or one document. Reads other tools' files."""

from ot2otel.recording_file.appending import Appender
from ot2otel.recording_file.document import RecordingError, decode, encode, encode_answer
from ot2otel.recording_file.reading import RecordingReader, open_recording, read
from ot2otel.recording_file.source import STDIN
from ot2otel.recording_file.writing import convert, write

__all__ = [
    "STDIN",
    "Appender",
    "RecordingError",
    "RecordingReader",
    "convert",
    "decode",
    "encode",
    "encode_answer",
    "open_recording",
    "read",
    "write",
]
