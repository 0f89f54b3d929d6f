from ops.provisioning.protocol import Event, read_events


def test_events_are_told_from_what_programs_print() -> None:
    lines = [
        "::demijohn:: hello",
        "::demijohn:: begin engine",
        "Setting up",
        "::demijohn:: failed engine 100",
        "::demijohn:: end",
    ]
    assert list(read_events(iter(lines))) == [
        Event("hello"),
        Event("begin", "engine"),
        Event("failed", "engine", "100", ["Setting up"]),
        Event("end"),
    ]


def test_a_refusal_keeps_its_sentence_whole() -> None:
    event, _ = read_events(iter(["::demijohn:: refused release This is Arch Linux; it is not known."]))
    assert (event.subject, event.rest) == ("release", "This is Arch Linux; it is not known.")


def test_of_what_a_step_printed_the_last_lines_are_kept() -> None:
    event, _ = read_events(iter([*map(str, range(100)), "::demijohn:: failed engine 1"]))
    assert event.printed[-1] == "99"
    assert len(event.printed) < 30


def test_what_one_step_printed_is_not_laid_at_another_s_door() -> None:
    *_, event = read_events(
        iter(["from before", "::demijohn:: begin engine", "::demijohn:: failed engine 1"])
    )
    assert event.printed == []


def test_lines_that_end_before_the_script_are_a_loss() -> None:
    assert list(read_events(iter(["Please log in."]))) == [Event("lost", printed=["Please log in."])]
