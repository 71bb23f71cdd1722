"""From the bytes of an office file to sheets of text; runs in a child process, so it imports no heavy library early."""
