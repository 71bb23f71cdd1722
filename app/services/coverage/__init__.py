"""Who reaches what is counted, where the gaps are, and why."""
