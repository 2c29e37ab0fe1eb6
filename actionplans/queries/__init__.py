"""Reads that serve a page, a document or a check."""
