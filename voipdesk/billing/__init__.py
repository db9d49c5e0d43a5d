"""Invoices, their numbers, their PDFs."""
