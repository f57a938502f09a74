"""Effects: what calls of Django and of libraries do to connections, beyond what one role says."""
