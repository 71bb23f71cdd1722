"""Every version of the tables, oldest first."""
