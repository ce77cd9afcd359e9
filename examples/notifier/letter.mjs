// A mail, made of the words for its type and the facts of the webhook: a subject, plain text, and HTML
// that says the same. Whatever comes from outside is text in both, never markup.

import { html, style } from "./look.mjs";
import { Unfit } from "./payload.mjs";
import { languageOf } from "./words.mjs";

/** @import { Payload } from "./payload.mjs" */
/** @import { Settings } from "./settings.mjs" */
/** @import { Language } from "./words.mjs" */

/**
 * @typedef {object} Letter
 * @property {string} to
 * @property {string} language
 * @property {string} subject
 * @property {string} text
 * @property {string} html
 */

/**
 * What both forms of a letter say, in order.
 *
 * @typedef {object} Content
 * @property {string} title
 * @property {string[]} says
 * @property {{ words: string, url: string, lives: string, copy: string } | undefined} link
 * @property {{ words: string, url: string }[]} ways
 * @property {string[]} ending
 */

/**
 * The letter for a payload whose type is known.
 *
 * @param {Payload} payload
 * @param {Pick<Settings, "product" | "pages" | "publicUrl">} settings
 * @param {Date} now
 * @returns {Letter}
 */
export function letterOf(payload, settings, now) {
  const { type, to, link, until, reason } = payload;
  const language = languageOf(payload.locale, type);
  const words = language.letters[type];
  if (words.link === "needed" && link === undefined) throw new Unfit("its link is missing");

  const facts = { product: settings.product, reason, ...(until && spanOf(until, now, language)) };
  const say = (/** @type {string} */ text) => fill(text, facts);
  const conditional = link ? words.withLink : words.withoutLink;
  /** @type {Content} */
  const content = {
    title: capital(words.subject),
    says: [...words.says, ...(conditional ? [conditional] : [])].map(say),
    link: link && words.button ? { words: words.button, url: link, lives: until ? say(language.linkLives) : "", copy: language.copyLink } : undefined,
    ways: Object.entries(words.ways ?? {}).map(([name, page]) => ({ words: name, url: settings.pages + page })),
    ending: [...(words.otherwise ? [say(words.otherwise)] : []), ...(reason ? [say(language.because)] : [])],
  };
  return {
    to,
    language: language.tag,
    subject: `${settings.product}: ${words.subject}`,
    text: textOf(content, settings),
    html: htmlOf(content, settings, language),
  };
}

/** @param {Content} content @param {Pick<Settings, "product" | "publicUrl">} site */
function textOf({ title, says, link, ways, ending }, site) {
  const parts = [
    title,
    ...says,
    ...(link ? [`${link.words}:\n${link.url}`, link.lives] : []),
    ...ways.map(({ words, url }) => `${words}:\n${url}`),
    ...ending,
    `-- \n${site.product}\n${site.publicUrl}`,
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

/** @param {Content} content @param {Pick<Settings, "product" | "publicUrl">} site @param {Language} language */
function htmlOf({ title, says, link, ways, ending }, site, language) {
  return html`<!doctype html>
<html lang="${language.tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${says.map((text) => html`<p>${text}</p>\n`)}${link
    ? html`<p><a class="button" href="${link.url}">${link.words}</a></p>
${link.lives ? html`<p>${link.lives}</p>\n` : html``}<p class="soft">${link.copy}<br><a href="${link.url}">${link.url}</a></p>
`
    : html``}${ways.map(({ words, url }) => html`<p><a href="${url}">${words}</a><br><span class="soft">${url}</span></p>\n`)}${ending.map((text) => html`<p class="soft">${text}</p>\n`)}</main>
<footer><p class="soft"><strong>${site.product}</strong><br><a href="${site.publicUrl}">${site.publicUrl}</a></p></footer>
</body>
</html>
`.text;
}

/**
 * How long something still lasts, and until when, as people say it.
 *
 * @param {Date} until
 * @param {Date} now
 * @param {Language} language
 */
function spanOf(until, now, { tag }) {
  const moment = new Intl.DateTimeFormat(tag, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }).format(until);
  const minutes = (until.getTime() - now.getTime()) / 60_000;
  const [amount, unit] = minutes <= 90 ? [minutes, "minute"] : minutes <= 36 * 60 ? [minutes / 60, "hour"] : [minutes / 1440, "day"];
  const span = new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "long" }).format(Math.max(1, Math.round(amount)));
  return { until: `${moment} UTC`, span };
}

/** @param {string} text @param {Record<string, string>} facts */
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(facts, name) ? facts[name] : whole));

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
