"""Six hundred odd files are read as they were meant, or refused where their letters cannot be told."""

import time

import pytest

from legalcity.lib.errors import BadRequest
from recoveries.intake.files import file_table
from recoveries.intake.tests.odd_tables import OddTable, odd_tables

pytestmark = pytest.mark.long
SECONDS = 10  # of the processor, to make and read a hundred


@pytest.mark.parametrize("seed", range(6))
def test_odd_files_are_read_as_they_were_meant(seed: int) -> None:
    began = time.process_time()
    wrong = [(table.how, said) for table in odd_tables(seed, 100) if (said := _difference(table))]
    assert wrong == []
    assert time.process_time() - began < SECONDS


def _difference(table: OddTable) -> str:
    """What is read otherwise than it was meant."""
    try:
        read = file_table(table.data, table.name)
    except BadRequest as error:
        return "" if table.is_refused else f"refused: {error.message}"
    if table.is_refused:
        return f"read: {read.rows}"
    pairs = ((read.rows, table.rows), (sorted(read.faults), sorted(table.faults)), (read.sheets, table.sheets))
    return "; ".join(f"{got} is not {meant}" for got, meant in pairs if got != meant)
