// The load: a process of its own that sends one request over and over, on connections that stay open.
//
// It speaks HTTP over plain sockets, which costs a tenth of what a Worker spends: on two cores it must
// not be what is measured. Every answer is checked; one that is not as expected makes the round void.

import { connect } from "node:net";
import { performance } from "node:perf_hooks";

process.on("message", async (job) => process.send(await load(job)));
process.on("disconnect", () => process.exit());

/** Sends `head` `count` times over `connections`. Answers with the seconds it took and what was wrong. */
async function load({ port, head, count, connections, expected }) {
  const request = Buffer.from(head, "latin1");
  const sockets = await Promise.all(Array.from({ length: connections }, () => opened(port)));
  const state = { left: count, wrong: undefined };
  const begun = performance.now();
  await Promise.all(sockets.map((socket) => spend(socket, request, state, expected)));
  const seconds = (performance.now() - begun) / 1000;
  for (const socket of sockets) socket.destroy();
  return { seconds, wrong: state.wrong };
}

function opened(port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => resolve(socket));
    socket.once("error", reject);
  });
}

/** One connection: a request, its answer, the next request, until none is left. */
function spend(socket, request, state, expected) {
  return new Promise((resolve) => {
    let pending = "";
    const next = () => {
      if (state.left <= 0 || state.wrong !== undefined) return resolve();
      state.left -= 1;
      socket.write(request);
    };
    const broken = (what) => {
      state.wrong ??= what;
      resolve();
    };
    socket.on("data", (chunk) => {
      pending += chunk.latin1Slice();
      const end = endOfAnswer(pending);
      if (end === undefined) return;
      if (end !== pending.length || !isExpected(pending, expected)) return broken(pending);
      pending = "";
      next();
    });
    socket.on("error", (error) => broken(String(error)));
    socket.on("close", () => broken("the connection was closed"));
    next();
  });
}

/** Where the answer ends, once it is all there. */
function endOfAnswer(text) {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text);
  if (length !== null && length.index < head) {
    const end = head + 4 + Number(length[1]);
    return text.length >= end ? end : undefined;
  }
  return text.endsWith("0\r\n\r\n") ? text.length : undefined;
}

const isExpected = (answer, { status, setsCookie }) =>
  answer.startsWith(`HTTP/1.1 ${status} `) && /\r\nset-cookie:/i.test(answer) === setsCookie;
