"""Curators → Markdown file: accounts, drafts, review, publication, history. The files win."""
