"""Call records: import, the rating run, problems, explanation."""
