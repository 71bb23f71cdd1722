"""Workbooks handed out: templates, exports, and files returned with their faults marked."""
