"""What differs between two recordings, and which rules explain it: pure, values in and a verdict out."""
