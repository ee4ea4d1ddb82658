"""Public releases for archives and libraries that gather records of others (OAI-PMH 2.0, 2002-06-14)."""
