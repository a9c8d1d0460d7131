"""Events, repairs and late returns on a calendar, for people and for other programs."""
