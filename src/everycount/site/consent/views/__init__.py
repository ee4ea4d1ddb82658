"""Pages of consent: the respondent's, and the steward's."""
