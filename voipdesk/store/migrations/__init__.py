"""Alembic migrations of the workspace file."""
