"""Letters to clients: written with what they tell of, sent by a job, their state in sight."""
