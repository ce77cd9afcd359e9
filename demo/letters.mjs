// What the demo's mails say. A real notifier brings its own words; Edgeward sends the type and the facts.

const reset = "“Forgot your password?” on the sign-in page";

const letters = {
  "auth.verify": {
    subject: "Confirm your e-mail address",
    text: "Someone, we hope you, signed up with this address.\nConfirm it to begin. If it was not you, do nothing: without this link there is no account.",
    button: "Confirm address",
  },
  "auth.reset": {
    subject: "Choose a new password",
    text: "A new password was asked for.\nIf it was not you, do nothing: the old one stays.",
    button: "Choose password",
  },
  "auth.magic": {
    subject: "Your sign-in link",
    text: "Sign in without a password. The link works once, and not for long.\nIf you did not ask for it, do nothing, and give it to nobody.",
    button: "Sign in",
  },
  "auth.invite": {
    subject: "You are invited",
    text: "Somebody invited you.\nIf you do not know what this is about, do nothing.",
    button: "See the invitation",
  },
  "auth.email_change": {
    subject: "Confirm your new address",
    text: "An account is to move to this address. It moves when you confirm.\nIf it is not yours, do nothing.",
    button: "Confirm new address",
  },
  "auth.notice.already_registered": {
    subject: "You already have an account",
    text: `Someone tried to sign up with this address, which has an account.\nIf it was you, sign in, or use ${reset}. If not, nothing has changed.`,
    button: "Sign in",
  },
  "auth.notice.password_changed": {
    subject: "Your password was changed",
    text: `If it was you, all is well.\nIf not, use ${reset} now: it ends every session.`,
  },
  "auth.notice.email_changed": {
    subject: "Your address was changed",
    text: "Your account has another address now, and this one no longer signs you in.\nIf it was not you, go back to it: every session ends, and you choose a new password.",
    button: "Go back to this address",
  },
  "auth.notice.new_device": {
    subject: "A new device signed in",
    text: "A browser that we have not seen before signed in to your account.\nIf it was not you, end its session on your account page, and change your password.",
  },
  "auth.notice.attempts_exhausted": {
    subject: "Too many wrong passwords",
    text: `So many wrong passwords were tried that no more are taken.\nTo open it again, ask for a sign-in link, or use ${reset}.`,
  },
  "auth.notice.session_theft": {
    subject: "A session was ended",
    text: "A copy of your session was used, so it was ended.\nSign in again. If you have a doubt about the device you used, change your password.",
  },
  "auth.notice.deletion": {
    subject: "Your account will be deleted",
    text: "You are signed out everywhere, and in three days all is erased.\nUntil then you can keep your account.",
    button: "Keep my account",
  },
};

/** Every type this demo has words for. */
export const types = Object.keys(letters);

/** Subject, text and the button's words for a mail of any type, also one this demo has no words for. */
export function letterOf({ type, reason }) {
  const { subject, text, button = "Open" } = letters[type] ?? { subject: type, text: "" };
  return { subject, text: reason ? `${text}\n(${reason})`.trimStart() : text, button };
}
