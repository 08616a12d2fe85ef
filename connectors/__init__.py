"""How each department is asked: one file per department, one per wire protocol."""
