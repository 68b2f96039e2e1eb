"""The WSDL as it is served: the vendor's own files where a folder holds them, else a small one of the sandbox's making."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hub_netsuite.sandbox.schema import documents
from hub_netsuite.sandbox.versions import NEWEST, VERSION, Version, answered

MAIN = "netsuite.wsdl"
_FILE = re.compile(r"(?:xsd/)?[A-Za-z.]+\.(?:wsdl|xsd)")


class Wsdl:
    """Serves /wsdl/vYYYY_V_0/. folder: with one folder for each version, such as 2023_2, None for the small one."""

    def __init__(self, base_url: str, folder: Path | None) -> None:
        self._base_url = base_url
        self._folder = folder

    def address(self) -> str:
        """Return where a WSDL is that any client can read: of the newest version that there are files of, else the newest."""
        version = next(iter(self._versions(NEWEST)), NEWEST)
        return f"{self._base_url}/wsdl/v{version}_0/{MAIN}"

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/wsdl/v{version}_0/{file:path}", self._file, methods=["GET"])]

    async def _file(self, request: Request) -> Response:
        version, name = answered(request.path_params["version"]), request.path_params["file"]
        # The vendor's schemas import each other as `.//platform.core.xsd`.
        name = re.sub(r"/(?:\./*)+|//+", "/", name)
        if version is None or not _FILE.fullmatch(name):
            return PlainTextResponse("There is no such file.", 404)
        content = self._content(version, name)
        if content is None:
            return PlainTextResponse("There is no such file.", 404)
        return Response(content, media_type="text/xml; charset=utf-8")

    def _content(self, version: Version, name: str) -> bytes | None:
        for known in self._versions(version.name):
            file = self._folder / known / name if self._folder else None
            if file is None or not file.is_file():
                return None
            return file.read_bytes().replace(known.encode(), version.name.encode())
        return documents(version, self._base_url).get(name)

    def _versions(self, wanted: str) -> list[str]:
        """Return the version whose files the folder holds: the one that is wanted, else the newest.

        From one version to the next the vendor changed little but the namespaces, so that those of another one stand in.
        """
        if self._folder is None or not self._folder.is_dir():
            return []
        there = sorted(each.name for each in self._folder.iterdir() if VERSION.fullmatch(each.name) and each.is_dir())
        return [wanted] if wanted in there else there[-1:]
