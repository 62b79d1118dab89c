"""What each provider of a channel needs, from the environment; empty where it is not used.

In a demonstration providers that are not given are played by the portal's own simulator, which signs
and answers as they do; nothing leaves the machine. Secrets have no other default.
"""

from django.core.exceptions import ImproperlyConfigured

from grs import env

COUNTRIES = ("bd", "id")
#: Variables by provider: GRS_<PROVIDER>_<NAME>. `url` is where its API is.
NAMES: dict[str, tuple[str, ...]] = {
    "twilio": ("url", "sid", "token", "from"),
    "infobip": ("url", "key", "from", "path", "addresses"),
    "africastalking": ("url", "username", "key", "from", "path"),
    "sslwireless": ("url", "token", "sid", "path", "fields"),
    "kannel": ("url", "user", "password", "from", "path", "addresses"),
    "whatsapp": (
        *("url", "phone_id", "token", "app_secret", "verify_token"),
        *("template", "media_hosts"),
    ),
    "messenger": ("url", "page_id", "token", "app_secret", "verify_token", "media_hosts"),
    "x": (
        *("url", "user_id", "consumer_key", "consumer_secret"),
        *("access_token", "access_secret", "posts", "media_hosts"),
    ),
    "inbox": (
        *("address", "webhook_secret", "webhook_key"),
        *("imap_host", "imap_port", "imap_user", "imap_password"),
    ),
    "vapid": ("private_key", "subject"),
}
DEFAULTS: dict[str, dict[str, str]] = {
    "twilio": {"url": "https://api.twilio.com"},
    "africastalking": {"url": "https://api.africastalking.com"},
    "sslwireless": {"url": "https://smsplus.sslwireless.com"},
    "whatsapp": {
        "url": "https://graph.facebook.com/v23.0",
        "template": "case_news",
        "media_hosts": ".fbsbx.com,.facebook.com,.whatsapp.net",
    },
    "messenger": {
        "url": "https://graph.facebook.com/v23.0",
        "media_hosts": ".fbcdn.net,.fbsbx.com,.facebook.com",
    },
    "x": {"url": "https://api.x.com", "media_hosts": ".twimg.com,.x.com,.twitter.com"},
    "inbox": {"imap_port": "993"},
}
#: The portal's own number there, as numbers of the country are written; it is nobody's.
NUMBER = {"bd": "+8809600000333", "id": "+622100000333"}[env.choice("GRS_COUNTRY", COUNTRIES, "bd")]
#: What the simulator plays, with its own keys: they open nothing else.
SIMULATED: dict[str, dict[str, str]] = {
    "twilio": {"sid": "AC-simulated", "token": "simulated", "from": NUMBER},
    "whatsapp": {
        "phone_id": "100000000000333",
        "token": "simulated",
        "app_secret": "simulated",
        "verify_token": "simulated",
        "media_hosts": "127.0.0.1,localhost",
    },
    "messenger": {
        "page_id": "200000000000333",
        "token": "simulated",
        "app_secret": "simulated",
        "verify_token": "simulated",
        "media_hosts": "127.0.0.1,localhost",
    },
    "x": {
        "user_id": "300000000000333",
        "consumer_key": "simulated",
        "consumer_secret": "simulated",
        "access_token": "simulated",
        "access_secret": "simulated",
        "posts": "1",
        "media_hosts": "127.0.0.1,localhost",
    },
    "inbox": {"address": "complaints@portal.example", "webhook_secret": "simulated:simulated"},
}


def providers(*, public_url: str, simulate: bool, real: bool = True) -> dict[str, dict[str, str]]:
    """Every provider's values by name, lower case; missing ones are empty strings.

    One of which the environment gives nothing is simulated where that is allowed. Without `real` the
    environment is not asked: nothing leaves, whatever it says.
    """
    found: dict[str, dict[str, str]] = {}
    for provider, names in NAMES.items():
        given = {name: env.text(f"GRS_{provider}_{name}".upper()) if real else "" for name in names}
        played = SIMULATED.get(provider, {}) if simulate and not any(given.values()) else {}
        if played:
            played = {"url": f"{public_url}/simulator/{provider}", **played}
        values = dict.fromkeys(names, "") | DEFAULTS.get(provider, {}) | played
        found[provider] = {name: given[name] or values[name] for name in names}
        found[provider]["simulated"] = "1" if played else ""
    return found


#: What a gateway cannot send without.
NEEDED_TO_SEND: dict[str, tuple[str, ...]] = {
    "log": (),
    "twilio": ("sid", "token", "from"),
    "infobip": ("url", "key", "from"),
    "africastalking": ("username", "key"),
    "sslwireless": ("token", "sid"),
    "kannel": ("url", "user", "password"),
}


def sms_gateway(found: dict[str, dict[str, str]], *, real: bool = True) -> str:
    """Which provider carries SMS: GRS_SMS_GATEWAY (if `real`), else the simulated one, else none
    ("log").

    Raises ImproperlyConfigured, naming them, if it lacks values.
    """
    default = "twilio" if found["twilio"]["simulated"] else "log"
    chosen = env.choice("GRS_SMS_GATEWAY", tuple(NEEDED_TO_SEND), default) if real else default
    lacking = [name for name in NEEDED_TO_SEND[chosen] if not found[chosen][name]]
    if lacking:
        names = ", ".join(f"GRS_{chosen}_{name}".upper() for name in lacking)
        raise ImproperlyConfigured(f"GRS_SMS_GATEWAY is {chosen}, but lacks {names}")
    return chosen


#: Under which names anymail looks for the key with which a mail service signs, or lets us ask it.
ANYMAIL_KEYS = (
    "MAILGUN_WEBHOOK_SIGNING_KEY",
    "MAILERSEND_INBOUND_SECRET",
    "MANDRILL_WEBHOOK_KEY",
    "POSTAL_WEBHOOK_KEY",
    "RESEND_API_KEY",
    "BREVO_API_KEY",
)


def anymail(inbox: dict[str, str]) -> dict[str, str]:
    """The inbox's secrets under anymail's names; a key that is not given is left out."""
    keys = dict.fromkeys(ANYMAIL_KEYS, inbox["webhook_key"]) if inbox["webhook_key"] else {}
    return {"WEBHOOK_SECRET": inbox["webhook_secret"], **keys}
