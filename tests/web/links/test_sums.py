from collections import Counter

from web.links.sums import OTHER, REFERRERS_PER_DAY, bound


def test_hosts_beyond_the_bound_become_other_and_no_click_is_lost() -> None:
    hosts = Counter({f"h{number}.example": number + 1 for number in range(REFERRERS_PER_DAY + 10)})
    bounded = bound(hosts, set())
    assert len(bounded) == REFERRERS_PER_DAY + 1
    assert sum(bounded.values()) == sum(hosts.values())
    assert bounded[OTHER] == sum(range(1, 11))


def test_a_host_that_has_its_row_keeps_it_when_the_bound_is_reached() -> None:
    known = {f"k{number}.example" for number in range(REFERRERS_PER_DAY)}
    assert bound(Counter({"k0.example": 5, "new.example": 9}), known) == {"k0.example": 5, OTHER: 9}
