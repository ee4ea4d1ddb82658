"""What comes back to the people: meetings, what they said, and what became of what was asked for."""
