"""One database, one transaction, one journal."""
