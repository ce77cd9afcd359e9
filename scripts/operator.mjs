// How a program of the operator's asks: with a key of `ADMIN_KEYS`, and by `node:http`, because Node's fetch adds
// a header that browsers send, and Edgeward refuses those where keys are shown.

import { request as http } from "node:http";
import { request as https } from "node:https";

/** Sends JSON with a key; gives the status and the answer. */
export function asks({ publicUrl, key, method = "POST", path, body }) {
  const url = new URL(path, publicUrl);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = { Authorization: `Bearer ${key}`, ...(text && { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) }) };
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === "https:" ? https : http)(url, { method, headers }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        try {
          resolve({ status: answer.statusCode, json: JSON.parse(Buffer.concat(chunks)) });
        } catch (error) {
          reject(error);
        }
      });
    });
    sent.on("error", reject).end(text);
  });
}

/** The first key with this scope, of `id:scopes:base64url, …`; undefined when there is none. */
export function keyWith(scope, adminKeys = "") {
  const entries = adminKeys.split(",").map((entry) => entry.trim().split(":"));
  return entries.find(([, scopes = ""]) => scopes.split("+").includes(scope))?.[2];
}
