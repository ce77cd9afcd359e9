// Hands letters to the SMTP server. Says what became of each; the server's own words stay here, because
// they may hold an address.

import nodemailer from "nodemailer";
import { isLoopback } from "./settings.mjs";

/** @import { Letter } from "./letter.mjs" */
/** @import { Settings } from "./settings.mjs" */

/**
 * What became of a letter: the server took it; it will never take this one; or it could not just now.
 *
 * @typedef {{ outcome: "sent" } | { outcome: "refused" | "down", cause: string }} Handed
 */

/** How long one letter may take in all, in milliseconds. */
const longest = 60_000;

/** @param {Pick<Settings, "smtpUrl" | "from">} settings */
export function startPost({ smtpUrl, from }) {
  const transport = nodemailer.createTransport({
    url: smtpUrl,
    // A link that travels unencrypted is no secret.
    requireTLS: !isLoopback(new URL(smtpUrl).hostname),
    connectionTimeout: 5_000,
    dnsTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.address.split("@")[1];

  /**
   * @param {string} id Names the letter: the same at every try, so that a mail program can tell.
   * @param {Letter} letter
   * @returns {Promise<Handed>}
   */
  return async function hand(id, letter) {
    try {
      await transport.sendMail({
        from,
        to: { name: "", address: letter.to },
        envelope: { from: from.address, to: [letter.to] },
        messageId: `<${id}@${domain}>`,
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
        // Out-of-office replies to a machine help nobody (RFC 3834).
        headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "Content-Language": letter.language },
        disableFileAccess: true,
        disableUrlAccess: true,
        signal: AbortSignal.timeout(longest),
      });
      return { outcome: "sent" };
    } catch (error) {
      return failed(/** @type {import("nodemailer").NodemailerError} */ (error));
    }
  };
}

/**
 * A server that says no for good to this recipient or this message will say so again. Anything else, a
 * wrong password or sender too, somebody can mend while the letter waits.
 *
 * @param {import("nodemailer").NodemailerError} error
 * @returns {Handed}
 */
function failed({ code, command, responseCode, permanent }) {
  const cause = [code, command, responseCode].filter(Boolean).join(" ") || "unknown";
  return { outcome: permanent && (command === "RCPT TO" || command === "DATA") ? "refused" : "down", cause };
}
