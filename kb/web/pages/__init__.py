"""Presenters: each builds the one typed, frozen object that its template prints. None of them knows HTTP."""
