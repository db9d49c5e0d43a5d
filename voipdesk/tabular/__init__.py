"""Rows out of and into files."""
