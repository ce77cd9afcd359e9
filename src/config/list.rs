//! The one list of settings. What is not in it is not ours; tables in the documentation come from it.

/// One variable or secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What it says, in one line.
    pub about: &'static str,
    /// What holds when it is not set, spelt as it could be set; empty when there is nothing.
    pub default: &'static str,
    /// Whether it is a secret, or must be set.
    pub kind: Kind,
}

/// How a setting is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A variable that may be left out.
    Variable,
    /// A variable that must be set.
    Required,
    /// A secret that may be left out.
    Secret,
    /// A secret that must be set.
    RequiredSecret,
}

use Kind::{Required, RequiredSecret, Secret, Variable};

const fn setting(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    about: &'static str,
) -> Setting {
    Setting {
        name,
        about,
        default,
        kind,
    }
}

/// Every setting. `ACCESS_RULES_2`, `ACCESS_RULES_3` and so on belong to `ACCESS_RULES`, `WORDS_2` to `WORDS`.
#[rustfmt::skip]
pub const SETTINGS: [Setting; 39] = [
    setting("PUBLIC_URL", Required, "", "where visitors reach Edgeward: scheme, host and port"),
    setting("ORIGIN_URL", Variable, "", "where requests are forwarded; needed unless a service is bound as ORIGIN"),
    setting("NOTIFIER_URL", Required, "", "the webhook that sends mails"),
    setting("ON_BEFORE_REGISTRATION_URL", Variable, "", "the hook asked before an address is looked up for a sign-up"),
    setting("ON_REGISTRATION_URL", Variable, "", "the hook asked when an account comes to be"),
    setting("ON_LOGIN_URL", Variable, "", "the hook asked when somebody has proved who they are"),
    setting("HOOK_FAILURE", Variable, r#"{"before_registration": "deny", "registration": "deny", "login": "deny"}"#, "what an unanswered hook means: deny or allow, for all or for each"),
    setting("HOOK_MODE", Variable, "enforce", "whether hooks decide (enforce) or are only written down (shadow)"),
    setting("ACCESS_RULES", Variable, "[]", "who may reach which path; ACCESS_RULES_2, _3 and so on are appended"),
    setting("LIFETIMES", Variable, r#"{"verify": "24h", "reset": "60m", "magic": "10m", "invite": "7d", "email_change": "60m", "window": "60s", "idle": "12h", "session": "7d"}"#, "how long links, sessions and the revocation window last"),
    setting("LIMITS", Variable, r#"{"address": {"unmarked": ["5/15m"], "marked": ["10/15m"]}, "network": {"signin": ["20/1m", "200/1h"], "signup": ["10/1h"], "mail": ["10/1h"], "link": ["60/1m"], "admin": ["10/1m", "60/1h"]}, "mail": {"strangers": ["3/15m", "6/1d"], "known": ["5/1d"]}}"#, "how often things may be tried"),
    setting("CLIENT_IP", Variable, "cloudflare", "who says where a request comes from: cloudflare, header:<name> or none"),
    setting("HOME_REGION", Variable, "", "where objects are made: wnam, enam, sam, weur, eeur, apac, oc, afr or me"),
    setting("PASSWORD_MIN_LENGTH", Variable, "15", "the fewest characters of a password, from 8 to 64"),
    setting("PASSWORD_HASH", Variable, "argon2id", "how new passwords are hashed: argon2id or pbkdf2-sha256"),
    setting("PAGES_PREFIX", Variable, "/login", "the path of our pages"),
    setting("AUTH_PREFIX", Variable, "/auth", "the path of the JSON routes"),
    setting("REGISTRATION", Variable, "open", "who may sign up: open, invite or closed"),
    setting("MAGIC_LINKS", Variable, "on", "whether people may sign in by a link that is mailed to them"),
    setting("SPRAY_GUARD", Variable, "off", "what is done about a password that is tried at many addresses: off, log or link (only a link by mail opens)"),
    setting("IDENTITY_EMAIL", Variable, "off", "whether the origin is told the address"),
    setting("AUDIENCE", Variable, "", "whom signed identity is for; the origin of PUBLIC_URL unless set"),
    setting("PASS_HEADERS", Variable, "[]", "names of inbound headers that are let through although they would be removed"),
    setting("IDENTITY_HEADERS", Variable, "{}", "unsigned headers for existing applications, by name: account, email or roles"),
    setting("AUTH_CHECK", Variable, "off", "whether a proxy of yours may ask /auth/check, and by which headers: off, x-original or x-forwarded"),
    setting("BRAND", Variable, "{}", "name, logo, accent and support of the site on our pages"),
    setting("WORDS", Variable, "{}", "texts of our pages in other words, by name; WORDS_2, _3 and so on are added"),
    setting("CUSTOM_PAGES", Variable, "{}", "a public page of the origin for each flow named"),
    setting("HSTS_SUBDOMAINS", Variable, "off", "whether Strict-Transport-Security includes subdomains"),
    setting("HASH_PAUSE", Variable, "20ms", "the pause between password hashes, in which other requests pass"),
    setting("WINDOW_HEADER", Variable, "on", "whether responses say Edgeward-Window"),
    setting("EMAIL_UNDO", Variable, "on", "whether the old address can undo a change of address for 72 hours"),
    setting("COOKIE_KEYS", RequiredSecret, "", "the ring that cookies are signed and sealed with"),
    setting("IDENTITY_KEYS", Secret, "", "the ring that identity is signed with (HMAC); the origin holds it too; this or ASSERTION_KEYS must be set"),
    setting("ASSERTION_KEYS", Secret, "", "the ring of Ed25519 seeds that assertions are signed with; origins hold the public halves"),
    setting("PEPPERS", RequiredSecret, "", "the ring that passwords are keyed with before they are hashed"),
    setting("WEBHOOK_SECRET", RequiredSecret, "", "what webhooks are signed with: whsec_…, several with spaces between"),
    setting("NAME_KEY", RequiredSecret, "", "what objects are named with; it can never be changed"),
    setting("ADMIN_KEYS", Secret, "", "keys of operators' programs: id:scopes:base64url"),
];

/// Whether this is the name of a setting.
pub(super) fn is_ours(name: &str) -> bool {
    let in_parts = ["ACCESS_RULES", "WORDS"];
    in_parts.iter().any(|first| name.starts_with(first))
        || SETTINGS.iter().any(|setting| setting.name == name)
}
