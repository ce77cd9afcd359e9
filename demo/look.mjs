// How the demo's pages look: one page frame, one stylesheet, one way to put text into HTML.

/** Text, safe between tags and inside quoted attributes. */
export const escape = (text) =>
  String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** HTML from a template whose values are escaped, unless they came out of `html` themselves. */
export function html(parts, ...values) {
  const render = (value) =>
    Array.isArray(value) ? value.map(render).join("") : value instanceof Html ? value.text : escape(value ?? "");
  return new Html(parts.reduce((text, part, i) => text + render(values[i - 1]) + part));
}

class Html {
  constructor(text) {
    this.text = text;
  }
}

export const page = ({ title, body, style, head = html`` }) =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${style}">
<link rel="icon" href="data:,">
${head}</head>
<body>
${body}
</body>
</html>
`.text;

/** What every page of the demo is sent with. */
export const pageHeaders = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
};

export const stylesheet = `
:root {
  color-scheme: light dark;
  --paper: #f6f5f1; --card: #ffffff; --ink: #1d2327; --soft: #5a646b; --line: #dcdad2;
  --accent: #0b6b57; --on-accent: #ffffff; --good: #0b6b57; --bad: #a3331f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181a; --card: #1d2326; --ink: #e8e6df; --soft: #a3adb2; --line: #333c40;
    --accent: #55c7a9; --on-accent: #0d1b17; --good: #55c7a9; --bad: #f08a73;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere;
}
header, main, footer { max-width: 44rem; margin: 0 auto; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.25rem; padding: .5rem 0 1.5rem; }
header strong { margin-right: auto; }
@media (max-width: 30rem) { header strong { flex-basis: 100%; } }
header form { margin: 0; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
h1 { margin: 0 0 .5rem; font-size: clamp(1.5rem, 5vw, 2.1rem); line-height: 1.2; letter-spacing: -.01em; }
h2 { margin: 0 0 .25rem; font-size: 1.1rem; }
p { margin: 0 0 1rem; }
a { color: var(--accent); }
.card { margin: 0 0 1rem; padding: 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; }
.card > :last-child { margin-bottom: 0; }
.soft { color: var(--soft); }
.small { font-size: .875rem; }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.letter { white-space: pre-line; }
.doors { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1rem; margin: 0 0 1rem; }
.doors .card { margin: 0; color: inherit; text-decoration: none; }
.doors .card:hover, .doors .card:focus-visible { border-color: var(--accent); }
.button, button {
  display: inline-block; padding: .55rem 1.1rem; border: 0; border-radius: .5rem; cursor: pointer;
  background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-decoration: none;
}
button.plain { padding: 0; background: none; color: var(--accent); font-weight: 400; text-decoration: underline; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: .35rem 1rem; margin: 0 0 1rem; }
dt { color: var(--soft); }
dd { margin: 0; }
pre { margin: .75rem 0 0; padding: .75rem; overflow-x: auto; background: var(--paper); border-radius: .5rem; font-size: .8125rem; white-space: pre-wrap; }
summary { cursor: pointer; color: var(--soft); }
@media (max-width: 26rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
`;
