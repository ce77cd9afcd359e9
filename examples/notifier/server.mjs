// The program: settings from the environment and from `.env`, then a server until it is told to end.

import { existsSync } from "node:fs";
import { createNotifier } from "./notifier.mjs";
import { readSettings, SettingsError } from "./settings.mjs";

const file = new URL(".env", import.meta.url);
if (existsSync(file)) process.loadEnvFile(file);

/** @param {Record<string, unknown>} line */
const log = (line) => console.log(JSON.stringify({ at: new Date().toISOString(), ...line }));

try {
  const settings = readSettings(process.env);
  const server = createNotifier(settings, log);
  server.listen(settings.port, settings.host, () => log({ event: "listening", on: server.address() }));
  // Letters on their way are answered first.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close());
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
