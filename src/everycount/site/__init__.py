"""The Django site: what the library knows, served to people and phones. Needs ``everycount[site]``."""
