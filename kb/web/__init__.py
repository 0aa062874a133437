"""Everything HTTP: the application factory, one blueprint a room, presenters, templates, static files."""

from __future__ import annotations

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from kb.config import Settings
from kb.knowledge_base import KnowledgeBase
from kb.web import atelier, caching, errors, pieces, security
from kb.web.assets import Assets
from kb.web.icons import icon
from kb.web.pages.page import Site
from kb.web.rooms import ROOMS, fichiers
from kb.web.state import State
from kb.web.typesetting import TypesetTemplates

MAX_FORM = 1_000_000  # Bytes of a request's body.


class SlugConverter(BaseConverter):
    """An address made of lower-case letters, figures and hyphens: nothing else ever reaches a file name."""

    regex = "[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?"


def create_app(settings: Settings) -> Flask:
    """The site, reading the case files of `settings`."""
    app = Flask(__name__, static_folder=None)
    if settings.proxies:  # Who asks, for the slowing of logins, is then what the last trusted server says.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_FORM,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_MIMETYPES=[
            *("text/html", "text/css", "text/plain", "text/markdown", "text/javascript"),
            *("application/json", "application/xml", "image/svg+xml", "application/opensearchdescription+xml"),
        ],
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.converters["slug"] = SlugConverter
    app.jinja_env.add_extension(TypesetTemplates)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["icon"] = icon
    pieces.offer(app)
    State(settings, Site(settings.site_url, settings.contact, Assets.read()), KnowledgeBase(settings)).attach(app)
    for room in ROOMS:
        app.register_blueprint(room)
    atelier.install(app, settings)
    security.protect(app)
    errors.handle(app)
    caching.remember(app, {room.name for room in ROOMS if room is not fichiers.room})
    Compress(app)
    return app
