"""What of an image must be sent to a host that has others.

`docker image save` writes every layer, however many the host has. An engine knows a layer together with all
below it, and does not look into an archive for one that it knows (moby, image/tarexport/load.go). So those
are left out, and a new release of the same dependencies is as large as its own code.
"""

import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO


@dataclass
class Sent:
    """Bytes of layers that were sent, and of those that were left out."""

    moved: int = 0
    spared: int = 0

    def __str__(self) -> str:
        return f"{self.moved / 1e6:.1f} MB sent, {self.spared / 1e6:.1f} MB were there"


def find_known(images: Iterable[Sequence[str]], there: Iterable[Sequence[str]]) -> set[str]:
    """Given the layers of images to be sent and of those that are there, return what can be left out.

    Both from the bottom up, as digests.
    """
    chains = {tuple(image[:end]) for image in there for end in range(1, len(image) + 1)}
    known: set[str] = set()
    needed: set[str] = set()
    for image in images:
        for end, layer in enumerate(image, 1):
            (known if tuple(image[:end]) in chains else needed).add(layer)
    return known - needed


def copy_archive(source: IO[bytes], target: IO[bytes], known: set[str]) -> Sent:
    """Copy an archive of images without the layers that are known; return what came of it."""
    sent = Sent()
    with tarfile.open(fileobj=source, mode="r|") as whole, tarfile.open(fileobj=target, mode="w|") as thin:
        for member in whole:
            if f"sha256:{PurePosixPath(member.name).name}" in known:
                sent.spared += member.size
            else:
                thin.addfile(member, whole.extractfile(member) if member.isfile() else None)
                sent.moved += member.size
    return sent
