"""The images of a release: built here, and brought to the host."""

import json

from ops.commands import docker
from ops.commands.compose import Compose
from ops.deploying.layers import Sent, copy_archive, find_known
from ops.deploying.release import COMPOSE_FILE, Release
from ops.deploying.stack import Stack
from ops.errors import CommandFailed
from ops.runner import Runner


def build_images(release: Release, runner: Runner) -> None:
    """Build the images with this host's engine. Raises CommandFailed."""
    runner.run(Compose(COMPOSE_FILE).build(), environ=release.environment)


def send_images(release: Release, stack: Stack, runner: Runner) -> Sent:
    """Bring to the host the images and the layers of them that it has not. Raises DemijohnError.

    A name stands for the same image everywhere, as it tells a commit or the content.
    """
    there = stack.run(docker.tags())
    missing = [image for image in release.images if image not in there]
    if not missing:
        return Sent()
    layers = [json.loads(line) for line in runner.run(docker.layers(*missing))]
    known = find_known(layers, stack.list_layers())
    try:
        with (
            runner.feeding(stack.ssh.run(*docker.load())) as target,
            runner.reading(docker.save(*missing)) as source,
        ):
            return copy_archive(source, target, known)
    except CommandFailed as failed:
        raise stack.explain(failed) from failed
