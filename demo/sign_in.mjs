// A sign-in page of the application's own, made with Edgeward's browser client: what an operator puts in place of
// the built-in one with CUSTOM_PAGES = { login = "/public/sign-in" }.

import { html, page, pageHeaders } from "./look.mjs";

/** The page may run its own script and ask its own host; nothing else changes. */
export const signInHeaders = {
  ...pageHeaders,
  "Content-Security-Policy": `${pageHeaders["Content-Security-Policy"]}; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'`,
};

export const signInPage = (style) =>
  page({
    title: "Sign in · Demo origin",
    style,
    head: html`<script type="module" src="/public/sign-in.js"></script>
`,
    body: html`<header><strong><a href="/">Demo origin</a></strong></header>
<main>
<h1>Come in</h1>
<p class="soft">This page belongs to the application. Edgeward does the rest.</p>
<p id="message" role="status" hidden></p>
<form class="card" id="sign-in" method="post" action="/login">
<p><label for="email">E-mail address</label><br><input id="email" name="email" type="email" autocomplete="username" required></p>
<p><label for="password">Password</label><br><input id="password" name="password" type="password" autocomplete="current-password" required></p>
<p><button>Sign in</button> <button class="plain" type="button" id="by-mail">Mail me a link</button></p>
</form>
<p><a href="/login/signup">Sign up</a></p>
</main>`,
  });

export const signInScript = `import { feedback, go, login, requestMagicLink, wanted } from "/auth/client.js";

const form = document.querySelector("#sign-in");
const message = document.querySelector("#message");
const fields = () => Object.fromEntries(new FormData(form));

function tell(answer) {
  message.textContent = answer.message;
  message.className = answer.type === "error" || answer.type === "warning" ? "bad" : "good";
  message.hidden = false;
  const refused = Object.keys(answer.fields)[0];
  form.elements[refused]?.focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { email, password } = fields();
  const answer = await login({ email, password, next: wanted() });
  if (answer.ok) go(answer);
  else tell(answer);
});

document.querySelector("#by-mail").addEventListener("click", async () => {
  tell(await requestMagicLink({ email: fields().email, next: wanted() }));
});

const left = await feedback();
if (left) tell(left);
`;
