"""Figures over the rooms below."""
