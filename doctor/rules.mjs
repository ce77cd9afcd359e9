// ACCESS_RULES: a rule for `/admin` alone leaves `/admin/users` to whatever comes after it.

import { ok, untried, wrong } from "./checks.mjs";
import { tableOf } from "./settings.mjs";

const rank = { public: 0, optional: 1, required: 2, roles: 3 };

/** All rules, in their order, with ACCESS_RULES_2 and so on; undefined when one cannot be read. */
export function rulesOf(vars) {
  const names = Object.keys(vars).filter((name) => /^ACCESS_RULES(_\d+)?$/.test(name));
  const number = (name) => Number(name.split("_")[2] ?? 1);
  const lists = names.sort((one, other) => number(one) - number(other)).map((name) => tableOf(vars[name]));
  return lists.every(Array.isArray) ? lists.flat() : undefined;
}

export function examineRules(vars) {
  const rules = rulesOf(vars);
  if (rules === undefined) return [wrong("rules", "ACCESS_RULES cannot be read", "Write a list of tables, or its JSON (docs/settings.md, Access rules).")];
  if (rules.length === 0) return [untried("rules", "ACCESS_RULES is empty: everything asks for a sign-in")];
  const lone = rules.filter((rule) => leavesBelow(rule, rules));
  if (lone.length === 0) return [ok("rules", "no rule guards a path and leaves what is below it")];
  return lone.map((rule) => {
    const below = accessAt(`${rule.path.replace(/\/$/, "")}/x`, rule, rules);
    return wrong(`rules${rule.path}`, `${rule.path} asks for ${words(rule.access)}, what is below it for ${words(below)}`, `Write ${rule.path.replace(/\/$/, "")}/* for both. npm run rules -- explain GET ${rule.path}/x shows what a request meets.`);
  });
}

/** Paths that are guarded by rules of their own, for a look at the deployment. */
export const guarded = (vars) => (rulesOf(vars) ?? []).filter(({ path, access }) => typeof path === "string" && rankOf(access) >= rank.required && path !== "/*").map(({ path }) => path);

function leavesBelow(rule, rules) {
  const { path, access } = rule;
  if (typeof path !== "string" || path.endsWith("/*") || path === "/" || rankOf(access) < rank.required) return false;
  const below = accessAt(`${path.replace(/\/$/, "")}/x`, rule, rules);
  return rankOf(below) < rankOf(access);
}

/** What a path meets by the methods of `like`. */
function accessAt(path, like, rules) {
  const methods = like.methods ?? ["GET"];
  const met = rules.find((rule) => matches(rule.path, path) && (rule.methods === undefined || methods.some((method) => rule.methods.includes(method))));
  return met?.access ?? "required";
}

function matches(pattern, path) {
  if (!pattern.endsWith("/*")) return pattern === path;
  const stem = pattern.slice(0, -2);
  return path === stem || path.startsWith(`${stem}/`);
}

const rankOf = (access) => (access?.roles ? rank.roles : (rank[access] ?? rank.required));
const words = (access) => (access?.roles ? `the role ${access.roles.join(" or ")}` : access === "required" ? "a sign-in" : `nothing ("${access}")`);
