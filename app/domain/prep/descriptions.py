"""How what is done at the bench is called in the history and on the activity page."""

from app.web.change_words import Kinds, Words

CHANGE_WORDS: Kinds = {
    "movement": Words("movements"),
    "prep": Words(
        verbs={
            "add": "added at the bench",
            "substitute": "put in at the bench",
            "count": "counted",
            "scan": "scanned",
            "undo": "took back at the bench",
            "dispatch": "had leave",
            "check_in": "took in",
            "check": "checked",
            "settle": "settled",
            "undo_dispatch": "took back",
            "undo_check_in": "took back the check-in of",
            "undo_settle": "took back the settlement of",
            "taken_over": "took for another event",
            "swapped": "swapped with another event",
            "waits_for_a_look": "counted too late",
            "dismissed": "dismissed at the bench",
            "done_again": "did again at the bench",
        },
    ),
}
