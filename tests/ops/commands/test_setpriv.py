from ops.commands.setpriv import confine


def test_root_loses_every_capability() -> None:
    assert confine(["nginx"], user="root") == [
        "setpriv",
        "--no-new-privs",
        "--inh-caps=-all",
        "--bounding-set=-all",
        "--pdeathsig=TERM",
        "--",
        "nginx",
    ]


def test_what_a_service_keeps_is_named() -> None:
    assert "--bounding-set=-all,+net_bind_service" in confine(["x"], user="root", keep=["net_bind_service"])


def test_others_only_promise_not_to_gain_any() -> None:
    assert confine(["nginx"], user="alice") == [
        "setpriv",
        "--no-new-privs",
        "--pdeathsig=TERM",
        "--",
        "nginx",
    ]
