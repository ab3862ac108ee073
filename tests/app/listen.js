// node listen.js MODULES PORT SITE [COOKIE]: prints each live event of a site as one line, "open" first.
"use strict";
const WebSocket = require(`${process.argv[2]}/ws`);
const [, , , port, site, cookie] = process.argv;

const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, {
	headers: { "X-Frappe-Site-Name": site, ...(cookie ? { Cookie: cookie } : {}) },
});
const say = (line) => process.stdout.write(`${line}\n`);
// Engine.IO 4: 0 open, 2 ping, 3 pong, 4 message; Socket.IO 5 within: 0 connect, 2 event, 4 refused
socket.on("message", (data) => {
	const text = data.toString();
	if (text[0] === "0") socket.send("40");
	else if (text === "2") socket.send("3");
	else if (text.startsWith("40")) say("open");
	else if (text.startsWith("44")) { say(`refused ${text.slice(2)}`); process.exit(0); }
	else if (text.startsWith("42")) { const [event, value] = JSON.parse(text.slice(2)); say(`${event} ${JSON.stringify(value)}`); }
});
socket.on("error", (error) => { say(`error ${error.message}`); process.exit(1); });
socket.on("close", () => say("closed"));
