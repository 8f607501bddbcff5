"""Running a program so that its spans come here: the variables that point its tracer, and the process."""
