// Every word of every mail, one table per language. Change them here; for another language add a table
// below, by its tag, and Edgeward's `locale` chooses it.
//
// `{product}` is PRODUCT_NAME, `{until}` the moment when the link dies, `{span}` how long that is from now.
// A letter has:
//   subject      what follows the product's name in the subject line
//   says         its paragraphs
//   button       the words on its link; what `link: "needed"` lacks one is not sent
//   withLink     a paragraph more when there is a link, `withoutLink` when there is none
//   ways         other places to go: the words, and the page below Edgeward's own
//   otherwise    what to do when it was not you; true for every reader, or left out

/**
 * @typedef {object} Words
 * @property {string} subject
 * @property {string[]} says
 * @property {string} [button]
 * @property {"needed"} [link]
 * @property {string} [withLink]
 * @property {string} [withoutLink]
 * @property {Record<string, string>} [ways]
 * @property {string} [otherwise]
 */

/**
 * @typedef {object} Language
 * @property {string} tag How dates and numbers are written.
 * @property {string} linkLives
 * @property {string} copyLink
 * @property {string} because `{reason}` is Edgeward's own, in English.
 * @property {Record<string, Words>} letters
 */

/** @type {Record<string, Language>} */
export const languages = {
  en: {
    tag: "en-GB",
    linkLives: "The link works once, for {span}: until {until}.",
    copyLink: "If the button does not work, copy this into your browser:",
    because: "You get this mail because {reason}.",
    letters: {
      "auth.verify": {
        subject: "confirm your address",
        says: [
          "Somebody, most likely you, signed up for {product} with this address. Confirm it to begin.",
          "Open the link in the browser you signed up with. In another one you are asked to choose the password again.",
        ],
        button: "Confirm my address",
        link: "needed",
        otherwise: "If you did not sign up, ignore this mail. Without the link there will be no account.",
      },
      "auth.reset": {
        subject: "choose a new password",
        says: [
          "Somebody, most likely you, asked for a new password for {product}.",
          "When you have chosen it you are signed out everywhere, and sign in with the new one.",
        ],
        button: "Choose a new password",
        link: "needed",
        otherwise: "If you did not ask for this, ignore this mail. Without the link nothing changes.",
      },
      "auth.magic": {
        subject: "your link to sign in",
        says: ["Somebody, most likely you, asked to sign in to {product} by mail.", "Do not pass the link on: it signs in whoever opens it."],
        button: "Sign in",
        link: "needed",
        otherwise: "If you did not ask for this, ignore this mail. Without the link nobody is signed in.",
      },
      "auth.invite": {
        subject: "you are invited",
        says: ["The people who run {product} invite you. Accept, and set up your account, or use the one you have there."],
        button: "Accept the invitation",
        link: "needed",
        otherwise: "If you do not want to, ignore this mail. Nothing happens without you.",
      },
      "auth.email_change": {
        subject: "confirm your new address",
        says: ["Somebody, most likely you, wants to use this address for their account at {product} from now on. Confirm that it is yours."],
        button: "Confirm this address",
        link: "needed",
        otherwise: "If you did not ask for this, ignore this mail. Without the link your address is not used.",
      },
      "auth.notice.already_registered": {
        subject: "you have an account already",
        says: ["Somebody tried to sign up for {product} with this address, which has an account. Was it you? Then use one of these instead:"],
        ways: { "Sign in": "", "Choose a new password": "/forgot" },
        otherwise: "If it was not you, ignore this mail. Nothing was changed, and they were not told that you have an account.",
      },
      "auth.notice.password_changed": {
        subject: "your password was changed",
        says: ["The password of your account at {product} was changed. If that was you, there is nothing to do."],
        ways: { "It was not me: choose a new password": "/forgot" },
        otherwise: "A new password signs out whoever changed this one.",
      },
      "auth.notice.email_changed": {
        subject: "your address was changed",
        says: ["Your account at {product} has another address now. If that was you, there is nothing to do."],
        button: "Undo the change",
        withLink: "If it was not you, undo it. The account gets its old address back, everybody is signed out, and you choose a new password.",
        withoutLink: "If it was not you, tell the people who run {product} at once.",
      },
      "auth.notice.new_device": {
        subject: "a sign-in from a new browser",
        says: ["Somebody signed in to your account at {product} from a browser that was not used for it before. If that was you, there is nothing to do."],
        ways: { "See where you are signed in": "/account", "It was not me: choose a new password": "/forgot" },
        otherwise: "A new password signs out everybody else.",
      },
      "auth.notice.attempts_exhausted": {
        subject: "too many wrong passwords",
        says: [
          "So many wrong passwords were tried for your account at {product} that its password may not be taken any more. None of them was right.",
          "Should yours be refused, choose a new one. That opens the way again.",
        ],
        ways: { "Choose a new password": "/forgot" },
      },
      "auth.notice.session_theft": {
        subject: "one of your sign-ins was ended",
        says: [
          "A copy of one of your sign-ins at {product} was used after it had been replaced. Somebody may have copied it from your browser, so it was ended.",
          "Sign in again. If you find a place there that you do not know, sign out elsewhere and choose a new password.",
        ],
        ways: { "See where you are signed in": "/account", "Choose a new password": "/forgot" },
      },
      "auth.notice.deletion": {
        subject: "your account will be deleted",
        says: ["Your account at {product} is to be deleted, and everybody is signed out of it. If that is what you want, there is nothing to do."],
        button: "Keep my account",
        withLink: "You can keep it for as long as the link works. After that it is erased, and cannot be brought back.",
        withoutLink: "It will be erased, and cannot be brought back then. To keep it, tell the people who run {product} at once.",
        otherwise: "If it was not you who asked, keep the account, and then choose a new password.",
      },
    },
  },
};

/** Whether there are words for this type. @param {string} type */
export const isKnown = (type) => Object.hasOwn(languages.en.letters, type);

/** The language that was asked for, when it has words for this type; English else. @param {string} locale @param {string} type */
export function languageOf(locale, type) {
  const tag = locale.toLowerCase();
  const names = [tag, tag.split("-")[0]].filter((name) => Object.hasOwn(languages, name));
  const name = names.find((name) => Object.hasOwn(languages[name].letters, type));
  return languages[name ?? "en"];
}
