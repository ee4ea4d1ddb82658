"""Every question of review to the database; a file for each reader."""
