// The Worker's main module for tests that cannot wait for minutes: the real one, and timers of a minute and longer
// that ring a hundred times sooner. Shorter ones are as they are.

const { setTimeout } = globalThis;
globalThis.setTimeout = (work, wait, ...values) => setTimeout(work, wait >= 60_000 ? wait / 100 : wait, ...values);

export { default, AccountObject, AddressObject, LinkObject, NetworkObject } from "../../../src/edge/entry.mjs";
