// The same as bare.py, with socket.io on Node.

import { createServer } from "node:http";
import { Server } from "socket.io";

const welcome = { snapshot: "x".repeat(Number(process.env.BENCH_WELCOME)) };
const padding = "x".repeat(Number(process.env.BENCH_EVENT));
let given = 0;

const server = createServer();
const live = new Server(server, { transports: ["websocket"], serveClient: false }).of("/live");

live.on("connection", (socket) => {
  socket.join("everybody");
  socket.emit("welcome", welcome);
  socket.on("clock", (asked, answer) => {
    const received = Date.now();
    answer({ t0: asked.t0, t1: received, t2: Date.now() });
  });
  socket.on("command", (asked, answer) => {
    given += 1;
    live.to("everybody").emit("event", { seq: given, kind: "floor.asking_set", data: padding });
    answer({ ok: true, seq: given });
  });
});

server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => {
  console.log(`serving at ${server.address().port}`);
});
