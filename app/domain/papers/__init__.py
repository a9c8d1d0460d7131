"""Papers that go with the gear: pick list, packing list, delivery note, return note, receipt, labels."""
