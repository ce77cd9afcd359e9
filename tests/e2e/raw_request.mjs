// A request as it stands, byte for byte, over a socket of its own: for what no client would send.

import { connect } from "node:net";

/**
 * Sends `lines` (the request line and headers) and a body; ends the connection with the answer. The answer has `status`
 * (0 where none came), `headers` (lists by lower-case name) and `text`, the whole as it came.
 */
export function rawRequest(port, lines, body = "") {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write([...lines, "Connection: close", "", body].join("\r\n"), "latin1"));
    socket.setEncoding("latin1").setTimeout(10_000, () => socket.destroy());
    socket.on("data", (chunk) => (text += chunk)).on("error", () => {});
    socket.on("close", () => resolve(read(text)));
  });
}

function read(text) {
  const [top, ...rest] = text.split("\r\n\r\n");
  const [first, ...fields] = top.split("\r\n");
  const headers = {};
  for (const field of fields) {
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(field) ?? [];
    if (name) (headers[name.toLowerCase()] ??= []).push(value);
  }
  return { status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? 0), headers, body: rest.join("\r\n\r\n"), text };
}
