"""Docker's images."""


def save(*images: str) -> list[str]:
    """The images as one archive on standard output, with every layer."""
    return ["docker", "image", "save", *images]


def load() -> list[str]:
    """The images of the archive on standard input; layers that are here already may be missing in it."""
    return ["docker", "image", "load", "--quiet"]


def layers(*images: str) -> list[str]:
    """A line of JSON for each image: the digests of its layers, from the bottom up."""
    return ["docker", "image", "inspect", "--format", "{{json .RootFS.Layers}}", *images]


def all_layers() -> list[str]:
    """The same for every image that is there."""
    listed = "docker image ls --quiet --no-trunc | sort -u"
    return ["sh", "-c", f"{listed} | xargs -r docker image inspect --format '{{{{json .RootFS.Layers}}}}'"]


def tags() -> list[str]:
    """A line for each image that has a name."""
    return ["docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]
