// One request, written as it is told: doubled headers, names with underscores and paths stay what they are.

import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

/** What is read of an answer; an event stream, say, never ends. */
const mostText = 64 * 1024;

/** Nobody answered, and why. */
export class Unreachable extends Error {}

/**
 * Sends to the host of `base`. `target`: path and query as they are sent. `headers`: pairs, in their order.
 * Gives `{ status, headers, setCookies, text, at }`; `at` is the middle of its time here, in ms since 1970.
 */
export function send(base, { method = "GET", target, headers = [], body = "" }, { patience = 10_000 } = {}) {
  const { protocol, hostname, port, host } = new URL(base);
  const request = protocol === "https:" ? httpsRequest : httpRequest;
  const length = method === "GET" || method === "HEAD" ? [] : [["Content-Length", String(Buffer.byteLength(body))]];
  const named = headers.some(([name]) => name.toLowerCase() === "user-agent") ? [] : [["User-Agent", "edgeward-doctor"]];
  const pairs = [["Host", host], ...named, ["Accept", "*/*"], ["Connection", "close"], ...length, ...headers];
  const begun = Date.now();
  return new Promise((resolve, reject) => {
    const refuse = (why) => reject(new Unreachable(`${base} ${why}`));
    const options = { hostname: hostname.replace(/^\[(.*)\]$/, "$1"), port, method, path: target, headers: pairs.flat(), agent: false, signal: AbortSignal.timeout(patience) };
    const sent = request(options, (answer) => {
      const at = (begun + Date.now()) / 2;
      let text = "";
      const done = () => resolve({ status: answer.statusCode, headers: answer.headers, setCookies: answer.headers["set-cookie"] ?? [], text, at });
      answer.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
        if (text.length > mostText) answer.destroy();
      });
      answer.on("close", done).on("error", done);
    });
    sent.on("upgrade", (answer, socket) => {
      socket.destroy();
      resolve({ status: 101, headers: answer.headers, setCookies: [], text: "", at: Date.now() });
    });
    sent.on("error", (error) => refuse(error.name === "TimeoutError" || error.name === "AbortError" ? `did not answer within ${patience / 1000} s` : `did not answer: ${error.code ?? error.message}`));
    sent.end(body);
  });
}
