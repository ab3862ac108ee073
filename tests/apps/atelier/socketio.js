// Live events: what Python publishes in the queue's Redis goes to the browsers of that site.
const http = require("http");
const fs = require("fs");
const { Server } = require("socket.io");
const redis = require("redis");

const conf = JSON.parse(fs.readFileSync("common_site_config.json"));
const io = new Server(conf.socketio_port, { cors: { origin: true } });

// The bench itself says who a browser is.
io.use((socket, next) => {
	const { cookie = "", origin = "" } = socket.request.headers;
	http.get(`${origin}/api/method/atelier.realtime.get_user_info`, { headers: { cookie } }, (answer) => {
		let text = "";
		answer.on("data", (part) => (text += part));
		answer.on("end", () => {
			socket.user = answer.statusCode === 200 ? JSON.parse(text).message.user : "Guest";
			next(socket.user === "Guest" ? new Error("Unauthorized") : undefined);
		});
	}).on("error", next);
});
io.on("connection", (socket) => socket.join(socket.request.headers["x-frappe-site-name"]));

const subscriber = redis.createClient({ url: conf.redis_queue });
subscriber.on("error", (error) => {
	console.error(String(error));
	process.exit(1);
});
subscriber.connect().then(() =>
	subscriber.subscribe("events", (text) => {
		const { site, event, message } = JSON.parse(text);
		io.to(site).emit(event, message);
	})
);
