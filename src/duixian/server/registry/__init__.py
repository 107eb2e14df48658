"""Applicants and what is known of them: since when, from where, on what evidence."""
