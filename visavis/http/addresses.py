"""Where clients find this server's own files: built-in ones lie open, those of an organization at signed addresses."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from visavis.http.deps import public_url
from visavis.http.signed import Signer, signer


@dataclass(frozen=True, slots=True)
class Addresses:
    public_url: str
    signer: Signer

    def of(self, folder: str, owner: str | None) -> "Folder":
        """The files below a path; `owner` is the organization that they belong to."""
        token = self.signer.sign(folder, {"organization": owner}) if owner is not None else ""
        return Folder(f"{self.public_url}{folder}", f"?token={token}" if token else "")


@dataclass(frozen=True, slots=True)
class Folder:
    """One signature is good for all files of a folder."""

    url: str
    query: str

    def __getitem__(self, name: str) -> str:
        return f"{self.url}/{name}{self.query}"


async def _addresses(connection: HTTPConnection) -> Addresses:
    return Addresses(await public_url(connection), await signer(connection))


Addressing = Annotated[Addresses, Depends(_addresses)]


def owner_by(signer: Signer, folder: str, token: str) -> str:
    """Whose files an address opens: "" without a token, which is what is built in. Raises `Unauthorized`."""
    return str(signer.verify(folder, token)["organization"]) if token else ""
