"""What statistical offices decide about the use of numbers, and what those who made them say to it."""
