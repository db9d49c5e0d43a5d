"""Screens of documents."""
