"""Users and tokens as the API answers them."""

from legalcity.api.components import FLAG, ID, TEXT, Schema, component, described, fields, one_of

_PROFILE: Schema = {
    "id": ID,
    "first_name": TEXT,
    "last_name": TEXT,
    "email": {"type": "string", "format": "email"},
    "entreprise": TEXT,
    "can_register": described(FLAG, "Whether this user may register others."),
}
_TOKEN: Schema = {"token": TEXT, "token_type": one_of(["Bearer"])}

USER = component("User", fields(_PROFILE), "A user of the API.")
NEW_USER = component(
    "RegisteredUser",
    fields(
        {
            **_PROFILE,
            "api_key": described(TEXT, "Shown here and never again."),
            "auth_secret": described(TEXT, "Shown here and never again."),
        }
    ),
    "A user who was registered, with what is shown once.",
)
TOKEN = component("Token", fields(_TOKEN), "What every other call wants in `Authorization`.")
LOGIN = component("Login", fields({"user": USER, **_TOKEN}), "A token, and whose it is.")
