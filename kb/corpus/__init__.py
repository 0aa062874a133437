"""Markdown file ⇄ Case: vocabularies, front matter, validation, rendering, catalogue."""
