"""Files from offices: any format as sheets of text, and the table in a sheet."""
