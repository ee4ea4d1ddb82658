"""Every question of fieldwork to the database."""
