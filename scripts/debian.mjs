// Programs of Debian's packages that a test runs and this machine lacks: fetched by apt and unpacked below
// `.tools/`, without being installed and without being root. Who has such a program already uses that.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { withLock } from "./lock.mjs";
import { Failed, root, run, say, step } from "./steps.mjs";

const home = join(root, ".tools", "debian");

/** Each program, the package that has it, and what it must print to be of use. */
const programs = {
  nginx: { package: "nginx", file: "usr/sbin/nginx", asks: ["-V"], prints: "http_auth_request_module" },
  caddy: { package: "caddy", file: "usr/bin/caddy", asks: ["version"], prints: "2." },
};

/** The path of a program, which is fetched where there is none. */
export async function debianProgram(name) {
  const wanted = programs[name];
  for (const folder of [...process.env.PATH.split(delimiter), "/usr/sbin"]) {
    if (await isOfUse(join(folder, name), wanted)) return join(folder, name);
  }
  const fetched = join(home, name, wanted.file);
  if (await isOfUse(fetched, wanted)) return fetched;
  await withLock(join(home, `${name}.lock`), () => fetch(name, wanted), {
    onWait: () => say(`Another run is fetching ${name}; waiting for it.`),
  });
  if (await isOfUse(fetched, wanted)) return fetched;
  throw new Failed(`The ${name} of Debian's package does not run here. Install ${name} yourself and run this again.`);
}

async function isOfUse(program, { asks, prints }) {
  if (!existsSync(program)) return false;
  return (await run(program, asks, { show: "none" }).catch(() => "")).includes(prints);
}

async function fetch(name, wanted) {
  const place = join(home, name);
  if (existsSync(place)) return;
  const fresh = `${place}.${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  await step(`Fetching ${name} from Debian (once)`, async () => {
    await download(wanted.package, fresh);
    const file = readdirSync(fresh).find((entry) => entry.endsWith(".deb"));
    await run("dpkg-deb", ["--extract", join(fresh, file), fresh]);
    rmSync(join(fresh, file));
  });
  renameSync(fresh, place);
}

/** By the machine's own lists of packages; by lists of our own where it has none, as in a fresh container. */
async function download(name, cwd) {
  const apt = (...args) => run("apt-get", ["--quiet", ...args], { cwd });
  try {
    await apt("download", name);
  } catch (error) {
    if (error.printed === undefined) throw new Failed(`${error.message} Install ${name} yourself and run this again.`);
    const lists = join(home, "lists");
    mkdirSync(join(lists, "partial"), { recursive: true });
    const own = ["-o", `Dir::State::Lists=${lists}`, "-o", `Dir::Cache=${join(home, "cache")}`];
    await apt(...own, "update");
    await apt(...own, "download", name);
    for (const folder of ["lists", "cache"]) rmSync(join(home, folder), { recursive: true, force: true });
  }
}
