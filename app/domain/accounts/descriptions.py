"""How the fields of people are called and shown in merges, in the history and on the activity page."""

from app.domain.accounts.fields import THEME_WORDS
from app.domain.company.policy import locale_options
from app.web.change_words import Kinds, Words
from app.web.descriptions import Field, Fields, choice_field, yes_no_field
from app.web.permissions import ROLE_LABELS

USER_FIELDS: Fields = {
    "username": Field("Username"),
    "first_name": Field("First name"),
    "last_name": Field("Last name"),
    "email": Field("E-mail"),
    "phone": Field("Phone"),
    "role": choice_field("Role", ROLE_LABELS),
    "active": yes_no_field("Active"),
    "time_zone": Field("Time zone"),
    "locale": choice_field("Language and format", {"": "As the company", **dict(locale_options())}),
    "theme": choice_field("Appearance", THEME_WORDS),
    "shortcuts": yes_no_field("Keyboard shortcuts", "on", "off"),
    "avatar": Field("Picture", fixed=True),
}

CHANGE_WORDS: Kinds = {
    "user": Words("users", "/users/{}", verbs={"password_changed": "changed the password of"}),
    "session": Words(
        verbs={
            "started": "signed in",
            "ended": "signed out",
        },
    ),
}
