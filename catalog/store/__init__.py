"""The truth: tables, unit of work, revisions and the change log. Only this package speaks SQL."""
