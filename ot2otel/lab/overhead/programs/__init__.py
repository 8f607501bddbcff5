"""The programs that are measured: each runs in a process of its own, told what to do by its input."""
