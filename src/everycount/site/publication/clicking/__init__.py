"""Plans by click: a form for each part of a survey file, which reads what it can say and leaves the rest."""
