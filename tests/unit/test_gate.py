"""Why a dispatch is stopped, and how much is to be put back, in words and numbers."""

from app.domain.handovers.policy import Gate
from app.domain.prep.policy import Counts
from app.lib.sentences import signed


def test_a_gate_says_each_kind_of_reason_once():
    gate = Gate(unacknowledged=("+2 SM58", f"{signed(-1)} DI box"), expired=("MP-1, PAT until 5 Nov 2026",))
    assert gate.reasons == (
        "Not acknowledged at the bench: +2 SM58; \N{MINUS SIGN}1 DI box.",
        "Inspection expired: MP-1, PAT until 5 Nov 2026.",
    )
    assert Gate().reasons == ()


def test_what_has_left_is_not_to_be_put_back():
    assert Counts(2, picked=3).to_put_back == 1
    assert Counts(10, picked=12, dispatched=12).to_put_back == 0
    assert Counts(0, picked=3, dispatched=2).to_put_back == 1
