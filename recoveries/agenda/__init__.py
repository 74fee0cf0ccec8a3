"""What staff are to do: tasks, and the day on which each open case is to be looked at again."""
