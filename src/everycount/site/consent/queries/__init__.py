"""Every question of consent to the database; a file for each reader."""
