"""Which run attends to the tries of a process."""

from events.webhooks.post import Post


def test_a_run_that_has_left_takes_the_attendance_of_no_other_with_it() -> None:
    post = Post(unattended=lambda _results: None)
    first, second = post.attended(), post.attended()
    assert first.__enter__()
    assert post.leave()
    assert second.__enter__()
    first.__exit__(None, None, None)
    with post.attended() as is_mine:
        assert not is_mine
    second.__exit__(None, None, None)
    with post.attended() as is_mine:
        assert is_mine
