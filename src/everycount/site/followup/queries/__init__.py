"""Every question of follow-up to the database."""
