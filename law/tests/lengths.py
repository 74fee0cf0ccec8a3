"""Key dates under the lengths that the texts give, all confirmed."""

from functools import partial

from law import deadlines
from law.deadlines import Length, Lengths

PUBLISHED = Lengths(
    service=Length(3, True),
    service_before_reform=Length(6, True),
    enforceable=Length(2, True),
    lawyer=Length(15, True),
)
KeyDates = partial(deadlines.KeyDates, lengths=PUBLISHED)
