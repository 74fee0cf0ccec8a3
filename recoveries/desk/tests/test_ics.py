"""The lines of a calendar file."""

from datetime import UTC, date, datetime

from recoveries.desk.ics import WIDTH, Day, calendar_file, escaped, folded


def test_signs_that_would_part_a_value_are_escaped() -> None:
    assert escaped("a;b,c\\d\r\ne\x00f\ng") == "a\\;b\\,c\\\\d\\nef\\ng"


def test_spaces_that_do_not_break_are_spaces() -> None:
    assert escaped("À revoir\u00a0: 10\u202f000\u00a0€\x00") == "À revoir : 10 000 €"


def test_lines_are_folded_without_parting_a_letter() -> None:
    line = "SUMMARY:" + "é€" * 60
    pieces = folded(line).removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(piece) <= WIDTH for piece in pieces)
    assert all(piece.startswith(b" ") for piece in pieces[1:])
    assert "".join(piece.decode().removeprefix(" ") for piece in pieces) == line


def test_a_day_ends_on_the_next_one() -> None:
    day = Day("1@x", date(2026, 12, 31), "Été; hiver", "", "Dates", "https://x/1")
    lines = calendar_file("Mine", [day], at=datetime(2026, 11, 30, 9, tzinfo=UTC)).decode().split("\r\n")
    assert {"DTSTAMP:20261130T090000Z", "DTSTART;VALUE=DATE:20261231", "DTEND;VALUE=DATE:20270101"} <= set(lines)
    assert "SUMMARY:Été\\; hiver" in lines
