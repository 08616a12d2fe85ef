"""What `chakong connector new` writes: a department's files, from a list of fields."""
