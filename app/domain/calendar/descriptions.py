"""How changes of calendar links are called in the history and on the activity page."""

from app.web.change_words import Kinds, Words

CHANGE_WORDS: Kinds = {
    "calendar_feed": Words(
        "calendar links",
        verbs={
            "created": "made a calendar link for",
            "revoked": "revoked the calendar link for",
        },
    ),
}
