"""Who is asking: bearer tokens, callers, scopes, and the embedded authorization server."""
