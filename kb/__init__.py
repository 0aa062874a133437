"""Alliances en pratique: case files → search → page; curation → case files."""
