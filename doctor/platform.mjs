// wrangler.toml and the variables: what is let in by a side door, what is kept in logs, and what the platform must allow.

import { ok, untried, wrong } from "./checks.mjs";
import { isLoopback } from "./settings.mjs";

/** The least CPU time, in ms, that one password hash and all around it need, by `PASSWORD_HASH`. */
const leastCpu = { argon2id: 150, "pbkdf2-sha256": 1500 };

export function examinePlatform(config, vars) {
  return [publicUrl(vars.PUBLIC_URL), ...(config ? [...sideDoors(config), ...logs(config), cpu(config, vars)] : [untried("config", "wrangler.toml is not there", "Name it: --config FILE.")])];
}

function publicUrl(value) {
  const [id, todo] = ["public_url", "Set PUBLIC_URL to https://…, without a path."];
  if (typeof value !== "string") return untried(id, "PUBLIC_URL is not set here", "Say it in [vars], or by --url.");
  if (!URL.canParse(value)) return wrong(id, "PUBLIC_URL is no URL", todo);
  const { protocol, hostname } = new URL(value);
  if (protocol === "https:") return ok(id, "PUBLIC_URL is https");
  return isLoopback(hostname) ? ok(id, "PUBLIC_URL is http, on a loopback host", "this machine's") : wrong(id, `PUBLIC_URL is ${protocol.slice(0, -1)}: passwords would travel in the open`, todo);
}

function sideDoors({ workers_dev, preview_urls }) {
  const door = (id, value) => {
    if (value === false) return ok(id, `${id} is off`);
    return wrong(id, value ? `${id} is on` : `${id} is not said, and may be on`, `Say ${id} = false in wrangler.toml, and deploy: what stands in front of your own host does not stand there.`);
  };
  return [door("workers_dev", workers_dev), door("preview_urls", preview_urls)];
}

function logs({ observability, logpush, tail_consumers: tails = [] }) {
  const keeps = observability?.enabled === true || observability?.logs?.enabled === true;
  const todo = (line) => `${line} in wrangler.toml: the query of a link is a secret, and may not be kept (docs/operations.md, Logs).`;
  const invocations = !keeps
    ? ok("invocation_logs", "the platform keeps no logs", "observability is off")
    : observability.logs?.invocation_logs === false
      ? ok("invocation_logs", "the platform's own line per request is off")
      : wrong("invocation_logs", "the platform's own line per request keeps query strings", todo("Say [observability.logs] invocation_logs = false"));
  const found = [invocations];
  if (observability?.traces?.enabled === true) found.push(wrong("traces", "traces keep query strings", todo("Say [observability.traces] enabled = false")));
  if (logpush === true) found.push(wrong("logpush", "logpush sends query strings on", todo("Take logpush out")));
  if (tails?.length > 0) found.push(wrong("tail_consumers", "a tail Worker is given query strings", todo("Take tail_consumers out")));
  const rate = observability?.logs?.head_sampling_rate ?? observability?.head_sampling_rate ?? 1;
  if (keeps && rate < 1) found.push(wrong("sampling", `of ${Math.round((1 - rate) * 100)} % of the requests no event is kept`, "Say head_sampling_rate = 1: a sampled log misses the attack you look for, and hides no query string."));
  return found;
}

function cpu({ limits }, { PASSWORD_HASH: hash = "argon2id" }) {
  const least = leastCpu[hash] ?? leastCpu.argon2id;
  const given = limits?.cpu_ms;
  if (given === undefined) return ok("cpu", "no limit of CPU time of its own", "the paid plan's is enough; the free one's 10 ms is not");
  if (given >= least) return ok("cpu", `${given} ms of CPU time are enough for a password hash`, hash);
  return wrong("cpu", `${given} ms of CPU time are too few for a password hash (${hash})`, `Say cpu_ms = ${least} or more in [limits], on a paid plan.`);
}
