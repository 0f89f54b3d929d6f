import yaml

from ops.provisioning.cloud_init import render_user_data
from ops.provisioning.script import render_script

KEYS = ["ssh-ed25519 AAAA someone's"]


def test_a_new_host_runs_the_very_script_that_ssh_would() -> None:
    text = render_user_data(KEYS)
    assert text.startswith("#cloud-config\n")
    data = yaml.safe_load(text)
    (file,) = data["write_files"]
    assert file["content"] == render_script(KEYS)
    assert data["runcmd"] == [[file["path"]]]


def test_the_keys_of_the_deploy_user_are_in_it() -> None:
    assert "AAAA someone" in render_user_data(KEYS)
    assert "AAAA" not in render_user_data([])
