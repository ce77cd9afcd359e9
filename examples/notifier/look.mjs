// How the mails look: one way to put text into HTML, and one stylesheet. Nothing in it is loaded from
// elsewhere; a mail reader that drops the style still shows a heading, paragraphs and links.

/** Markup that may stand in markup as it is. Made by `html` alone. */
class Html {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/**
 * HTML from a template whose values are escaped, unless they came out of `html` themselves.
 *
 * @param {TemplateStringsArray} parts
 * @param {...(string | Html | Html[])} values
 */
export function html(parts, ...values) {
  return new Html(parts.reduce((text, part, i) => text + render(values[i - 1]) + part));
}

/** @param {string | Html | Html[]} value @returns {string} */
function render(value) {
  if (Array.isArray(value)) return value.map(render).join("");
  return value instanceof Html ? value.text : escape(value);
}

/** Text, safe between tags and inside quoted attributes. @param {string} text */
const escape = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

export const style = new Html(`
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 24px 16px; background: #f6f5f1; color: #1d2327; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
main { max-width: 36rem; margin: 0 auto; padding: 24px; background: #ffffff; border: 1px solid #dcdad2; border-radius: 12px; }
footer { max-width: 36rem; margin: 16px auto 0; padding: 0 24px; }
h1 { margin: 0 0 16px; font-size: 22px; line-height: 1.25; }
p { margin: 0 0 16px; }
main > :last-child { margin-bottom: 0; }
a { color: #0b6b57; }
.soft { color: #5a646b; font-size: 14px; }
.button { display: inline-block; padding: 12px 20px; border-radius: 8px; background: #0b6b57; color: #ffffff; font-weight: 600; text-decoration: none; }
@media (prefers-color-scheme: dark) {
  body { background: #14181a; color: #e8e6df; }
  main { background: #1d2326; border-color: #333c40; }
  a { color: #55c7a9; }
  .soft { color: #a3adb2; }
  .button { background: #55c7a9; color: #0d1b17; }
}
`);
