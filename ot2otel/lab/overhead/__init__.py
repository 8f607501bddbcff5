"""What tracing costs a request, measured so that a second run says the same."""
