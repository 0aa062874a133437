"""The site, as `flask run` and `gunicorn app:app` find it."""

from kb.config import Settings
from kb.web import create_app

app = create_app(Settings.from_environment())
