"""What answers are made of at every door: their heading, tables, workbooks, files, and refusals."""
