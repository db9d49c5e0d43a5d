"""Sheets as carriers send them, invented: every family differs in layout, and each sheet comes with what is true of it."""
