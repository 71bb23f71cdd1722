"""What pages share: the question, the map, the files, the session."""
