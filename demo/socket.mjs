// A WebSocket (RFC 6455) that sends every message back, and closes with the code it is closed with.
// Enough for the tests that look through the gate: whole messages up to 1 MB, no extensions.

import { createHash } from "node:crypto";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const largest = 1 << 20;
const TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;

/** Answers the upgrade `request` on its raw `socket`. The first subprotocol offered is taken. */
export function echoSocket(request, socket) {
  const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + guid).digest("base64");
  const [protocol] = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
    ...(protocol ? [`Sec-WebSocket-Protocol: ${protocol}`] : []),
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  socket.on("error", () => socket.destroy());

  let waiting = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (let frame = readFrame(waiting); frame; frame = readFrame(waiting)) {
      waiting = waiting.subarray(frame.size);
      if (!answer(socket, frame)) return;
    }
  });
}

/** Whether the conversation goes on. */
function answer(socket, { whole, masked, kind, payload }) {
  if (!whole || !masked || payload.length > largest) {
    socket.end(frameOf(CLOSE, Buffer.from([0x03, 0xea]))); // 1002: protocol error
    return false;
  }
  if (kind === TEXT || kind === BINARY) socket.write(frameOf(kind, payload));
  if (kind === PING) socket.write(frameOf(PONG, payload));
  if (kind === CLOSE) socket.end(frameOf(CLOSE, payload));
  return kind !== CLOSE;
}

/** The first frame of `bytes`, or undefined while it is not all there. */
function readFrame(bytes) {
  if (bytes.length < 2) return undefined;
  const masked = (bytes[1] & 0x80) !== 0;
  const short = bytes[1] & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + lengthBytes + (masked ? 4 : 0);
  if (bytes.length < start) return undefined;
  const length =
    lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (length > largest) return { size: bytes.length, whole: false, masked, payload: Buffer.alloc(0) };
  if (bytes.length < start + length) return undefined;
  const payload = Buffer.from(bytes.subarray(start, start + length));
  if (masked) for (let i = 0; i < length; i += 1) payload[i] ^= bytes[start - 4 + (i % 4)];
  return { size: start + length, whole: (bytes[0] & 0x80) !== 0, masked, kind: bytes[0] & 0x0f, payload };
}

function frameOf(kind, payload) {
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
  head[0] = 0x80 | kind;
  if (head.length === 2) head[1] = payload.length;
  if (head.length === 4) head[1] = 126, head.writeUInt16BE(payload.length, 2);
  if (head.length === 10) head[1] = 127, head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}
