"""The way to court: the transfer of a case, its procedure, the clocks that run on it, the page of its fee."""
