"""From records to numbers that everybody may read: plans, releases, who agreed to them, and their pages."""
