"""How the fields of inspections and their rules are read from what people type."""

from app.lib.fields import Reader, boolean, day, reference, whole_number, words

RULE_READERS: dict[str, Reader] = {
    "name": words(200, required="Give the test a name."),
    "equipment_id": reference(),
    "category_id": reference(),
    "interval_months": whole_number(1, 240),
    "warn_days": whole_number(0, 365),
    "starts_on": day(required="Say from when on it counts."),
    "notes": words(2000),
}
INSPECTION_READERS: dict[str, Reader] = {
    "rule_id": reference(required="Choose the test."),
    "passed": boolean,
    "inspected_on": day(required="Say when it was tested."),
    "valid_until": day(),
    "inspector": words(120),
    "notes": words(4000),
}
