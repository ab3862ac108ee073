// Loaded before a server that knows no better than to listen on every address: a port is opened on the
// address of BENCH_LISTEN alone, so that only Nginx, beside it, reaches it.
"use strict";
const { Server } = require("net");
const { listen } = Server.prototype;

Server.prototype.listen = function (port, ...rest) {
	const bare = typeof port === "number" || (typeof port === "string" && /^[0-9]+$/.test(port));
	if (!process.env.BENCH_LISTEN || !bare || typeof rest[0] === "string")
		return listen.call(this, port, ...rest);
	const done = rest.find((one) => typeof one === "function");
	return listen.call(this, { port: Number(port), host: process.env.BENCH_LISTEN }, done);
};
