"""What tests share: spans and forests by hand, services, stand-ins, captures."""
