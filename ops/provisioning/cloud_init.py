"""The steps as user data for cloud-init: a host that provisions itself when it first starts."""

import textwrap

from ops.provisioning.script import render_script

SCRIPT = "/usr/local/sbin/demijohn-provision"


def render_user_data(keys: list[str]) -> str:
    """Given the public keys of the deploy user, return a file that cloud-init takes as user data.

    The script stays on the host, where root may run it again.
    """
    return (
        "#cloud-config\n"
        "# Written by ./demijohn provision --cloud-init.\n"
        "write_files:\n"
        f"  - path: {SCRIPT}\n"
        '    permissions: "0755"\n'
        "    content: |\n"
        f"{textwrap.indent(render_script(keys), ' ' * 6)}"
        "runcmd:\n"
        f"  - [{SCRIPT}]\n"
    )
