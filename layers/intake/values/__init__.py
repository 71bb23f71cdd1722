"""What one cell says: text into numbers, dates, telephones, identity numbers."""
