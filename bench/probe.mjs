// Sends a request every few milliseconds, whether the one before was answered or not, and tells how long each
// took. A process of its own: what else the bench does must not be what waits.

import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";

const every = 7;
const agent = new Agent({ keepAlive: true });

process.on("message", async ({ url, cookie, count }) => process.send(await probe(url, cookie, count)));
process.on("disconnect", () => process.exit());

/** The milliseconds of each request, or what was wrong with one. */
function probe(url, cookie, count) {
  const answers = [];
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      answers.push(asked(url, cookie));
      if (answers.length < count) return;
      clearInterval(timer);
      Promise.all(answers).then((times) => resolve({ times }), (error) => resolve({ wrong: String(error) }));
    }, every);
  });
}

function asked(url, cookie) {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers: { cookie, accept: "application/json", "cf-connecting-ip": "198.18.0.1" } }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`status ${answer.statusCode}`));
      answer.resume().on("end", () => resolve(performance.now() - begun));
    });
    sent.on("error", reject).end();
  });
}
