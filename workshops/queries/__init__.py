"""Reads that serve a page, a document or another stage."""
