import pytest

from web.links.errors import InvalidSlugError
from web.links.slugs import ALPHABET, RANDOM_LENGTH, RESERVED, check_slug, is_slug, random_slug


def test_random_slugs_have_a_slug_s_shape_and_differ() -> None:
    slugs = {random_slug() for _ in range(1000)}
    assert len(slugs) == 1000
    assert all(is_slug(slug) and len(slug) == RANDOM_LENGTH for slug in slugs)


def test_letters_that_look_alike_are_left_out_of_random_slugs() -> None:
    assert not set("0O1Il") & set(ALPHABET)


@pytest.mark.parametrize("slug", ["abc", "A-b_9", "x" * 64])
def test_good_slugs_pass(slug: str) -> None:
    assert check_slug(slug) == slug


@pytest.mark.parametrize(
    "slug", ["", "ab", "x" * 65, "-abc", "_abc", "a b", "a/b", "äöü", "abc\n", "a.b", "abc\x00"]
)
def test_bad_slugs_are_refused(slug: str) -> None:
    with pytest.raises(InvalidSlugError):
        check_slug(slug)


@pytest.mark.parametrize("slug", [*sorted(RESERVED), "API", "Static"])
def test_the_application_keeps_its_own_paths(slug: str) -> None:
    with pytest.raises(InvalidSlugError, match="path of the application"):
        check_slug(slug)
