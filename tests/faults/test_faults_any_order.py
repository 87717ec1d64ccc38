"""Every order of placing, settling, moving money, resetting and restarting: the store's own machine, for longer."""

from __future__ import annotations

import pytest
from fault_table import Amount, Figures
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test
from test_store_stateful import Books, runs

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("half", [1, 2])
def test_the_books_balance_after_each_step(amount: Amount, figure: Figures, half: int) -> None:
    steps = examples = 0

    @seed(half)
    class CountedBooks(Books):
        def teardown(self) -> None:
            nonlocal steps, examples
            steps += self.steps
            examples += 1
            super().teardown()

    wanted = settings(runs(amount(3, 250, 5_000)), database=None)
    run_state_machine_as_test(CountedBooks, settings=wanted)
    figure(
        f"any order of everything, {half} of 2",
        "identities after each step, an independent fold agrees",
        f"{examples} runs, {steps} steps",
    )
    assert steps > examples
