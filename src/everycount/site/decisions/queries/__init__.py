"""Every question of decisions to the database; a file for each reader."""
