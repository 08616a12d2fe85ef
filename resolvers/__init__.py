"""The graph: what may be asked, by whom, and which department's question answers it."""
