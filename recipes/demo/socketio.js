// Passes live events from Redis on to browsers. A browser hears its own site and no other:
// the site is the one Nginx put into the header, never one the browser names.
"use strict";
const fs = require("fs");
const path = require("path");
const { Server } = require("socket.io");
const { createClient } = require("@redis/client");

const sites = process.env.SITES_PATH || path.resolve(__dirname, "../../sites");
const config = JSON.parse(fs.readFileSync(path.join(sites, "common_site_config.json"), "utf8"));
const web = `http://127.0.0.1:${config.webserver_port || 8000}`;

const host_name = (url) => { try { return new URL(url).hostname; } catch { return null; } };

const io = new Server({
	serveClient: false,
	allowRequest: ({ headers }, decide) => {
		const own = !headers.origin || host_name(headers.origin) === host_name(`http://${headers.host}`);
		decide(own ? null : "the page belongs to another site", own);
	},
});

io.use(async (socket, next) => {
	const { headers } = socket.handshake;
	const site = headers["x-frappe-site-name"] || host_name(`http://${headers.host}`);
	try {
		const answer = await fetch(`${web}/api/session`, {
			headers: { "X-Frappe-Site-Name": site, Cookie: headers.cookie || "" },
			signal: AbortSignal.timeout(5000),
		});
		if (!answer.ok) throw new Error(`the site answered ${answer.status}`);
		const { site: name, user } = await answer.json();
		socket.join(`${name} all`);
		if (user) socket.join(`${name} private`);
		next();
	} catch (error) {
		next(new Error(error.message));
	}
});

const path_of_redis = config.redis_socketio_socket;
const redis = createClient({
	...(path_of_redis ? {} : { url: config.redis_socketio }),
	socket: { ...(path_of_redis ? { path: path_of_redis } : {}), reconnectStrategy: (tries) => Math.min(100 * (tries + 1), 2000) },
});
redis.on("error", (error) => console.error(`redis: ${error.code || error.message}`));

async function main() {
	io.listen(Number(process.env.SOCKETIO_PORT || config.socketio_port || 9000), { host: "127.0.0.1" });
	await redis.connect();
	await redis.subscribe("events", (message) => {
		const { site, private: closed, event, data } = JSON.parse(message);
		io.to(`${site} ${closed ? "private" : "all"}`).emit(event, data);
	});
}

main().catch((error) => { console.error(error); process.exit(1); });
