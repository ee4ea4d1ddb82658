"""Every change of assessments and decisions; a file for each noun."""
