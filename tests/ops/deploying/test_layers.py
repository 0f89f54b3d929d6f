"""What of an image is left out of what is sent."""

import io
import tarfile

from hypothesis import given
from hypothesis import strategies as st

from ops.deploying.layers import copy_archive, find_known

LAYERS = st.lists(st.sampled_from("abcdef").map("sha256:{}".format), max_size=5)


def make_archive(**members: bytes) -> io.BytesIO:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w|") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(f"blobs/sha256/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    stream.seek(0)
    return stream


def test_the_layers_that_two_images_begin_with_are_known() -> None:
    assert find_known([["base", "venv", "code-2"]], [["base", "venv", "code-1"]]) == {"base", "venv"}


def test_a_layer_on_another_foundation_is_not_known() -> None:
    assert find_known([["new base", "venv"]], [["base", "venv"]]) == set()


def test_a_layer_is_sent_when_one_of_several_images_needs_it() -> None:
    assert find_known([["base", "code"], ["other", "code"]], [["base", "code"]]) == {"base"}


@given(images=st.lists(LAYERS, max_size=3), there=st.lists(LAYERS, max_size=3))
def test_every_layer_that_is_left_out_is_there_on_top_of_the_same_ones(
    images: list[list[str]], there: list[list[str]]
) -> None:
    known = find_known(images, there)
    for image in images:
        for end, layer in enumerate(image, 1):
            assert layer not in known or any(other[:end] == image[:end] for other in there)


def test_an_archive_is_copied_without_what_is_known() -> None:
    target = io.BytesIO()
    sent = copy_archive(make_archive(aa=b"x" * 700, bb=b"y" * 50), target, {"sha256:aa"})
    target.seek(0)
    with tarfile.open(fileobj=target) as archive:
        assert archive.getnames() == ["blobs/sha256/bb"]
    assert (sent.moved, sent.spared) == (50, 700)
