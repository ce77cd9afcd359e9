// What the demo's mails say. A real notifier brings its own words; Edgeward sends the type and the facts.

const letters = {
  "auth.verify": {
    subject: "Confirm your e-mail address",
    text: "Someone, we hope you, signed up with this address.\nConfirm it to begin. If it was not you, do nothing: without this link there is no account.",
    button: "Confirm address",
  },
  "auth.reset": {
    subject: "Choose a new password",
    text: "You asked for a new password.\nIf it was not you, do nothing: the old one stays.",
    button: "Choose password",
  },
  "auth.magic": {
    subject: "Your sign-in link",
    text: "Sign in without a password.\nIf you did not ask for this, do nothing.",
    button: "Sign in",
  },
  "auth.invite": {
    subject: "You are invited",
    text: "An account waits for you. Choose a password to begin.",
    button: "Accept",
  },
  "auth.email_change": {
    subject: "Confirm your new address",
    text: "Your account is to move to this address.\nIt moves when you confirm.",
    button: "Confirm new address",
  },
  "auth.notice.already_registered": {
    subject: "You already have an account",
    text: "Someone tried to sign up with this address, which has an account.\nIf it was you, sign in instead. If not, nothing has changed.",
    button: "Sign in",
  },
  "auth.notice.password_changed": { subject: "Your password was changed", text: "If it was not you, set a new one now." },
  "auth.notice.email_changed": { subject: "Your address was changed", text: "If it was not you, undo it.", button: "Undo" },
  "auth.notice.new_device": { subject: "A new device signed in", text: "If it was not you, change your password." },
  "auth.notice.attempts_exhausted": { subject: "Too many wrong passwords", text: "Signing in by password is closed until you use a link." },
  "auth.notice.session_theft": { subject: "A session was ended", text: "A copy of your session was used from elsewhere, so it was ended." },
  "auth.notice.deletion": { subject: "Your account will be deleted", text: "It is erased in three days, unless you cancel.", button: "Cancel the deletion" },
};

/** Subject, text and the button's words for a mail of any type, also one this demo has no words for. */
export function letterOf({ type, reason }) {
  const { subject, text, button = "Open" } = letters[type] ?? { subject: type, text: "" };
  return { subject, text: reason ? `${text}\n(${reason})`.trimStart() : text, button };
}
