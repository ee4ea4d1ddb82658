"""Pages of assessments and decisions."""
