"""The public face of the list: searched, not browsed; no token, no script, no trace of who is sought."""
