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
    """Bring the images to the host, without the layers that it has. Raises CommandFailed."""
    layers = [json.loads(line) for line in runner.run(docker.layers(*release.images))]
    known = find_known(layers, stack.list_layers())
    try:
        with (
            runner.feeding(stack.ssh.run(*docker.load())) as target,
            runner.reading(docker.save(*release.images)) as source,
        ):
            return copy_archive(source, target, known)
    except CommandFailed as failed:
        raise stack.explain(failed) from failed
