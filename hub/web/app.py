"""The web app: its pages, its guard, its errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.routing import Mount, Route, compile_path
from starlette.staticfiles import StaticFiles

from hub.web import errors, health
from hub.web.api import serving as api
from hub.web.following import Streams
from hub.web.options import WebOptions
from hub.web.rendering import STATIC
from hub.web.routes import PAGE_BYTES, load_pages
from hub.web.security import Guard
from hub.web.serving import endpoint
from hub.web.watching import Watch

if TYPE_CHECKING:
    from hub.service.context import Hub


def create_app(hub: Hub, options: WebOptions | None = None) -> FastAPI:
    """Return the app of a hub; it opens nothing and closes nothing."""
    options = options or WebOptions()
    app = FastAPI(title="Inventory Hub", docs_url=None, redoc_url=None, openapi_url=None)
    pages = load_pages()
    for page in pages:
        app.router.routes.append(Route(page.path, endpoint(page, hub, options), methods=[page.method]))
    app.state.streams = Streams()
    metrics = health.Metrics(hub)
    app.router.routes.extend(health.routes(hub, options, metrics))
    app.router.routes.extend(api.routes(hub, options))
    app.router.routes.append(Mount("/static", StaticFiles(directory=STATIC), name="static"))
    errors.add_handlers(app, options)
    limits = [(compile_path(page.path)[0], page.most_bytes) for page in pages if page.upload]
    limits += api.limits()
    app.add_middleware(Guard, options=options, limits=limits, most_bytes=PAGE_BYTES)
    app.add_middleware(Watch, metrics=metrics)
    return app
