"""What `gunicorn app:app` finds by itself: the settings that `kb serve` gives it too."""

from kb.web.server import SETTINGS

globals().update(SETTINGS)
