/* SPDX-License-Identifier: MIT */
/* The field tables of the servers: mariadb, redis, web, nginx, workers. */
#include "recipe/pattern.h"
#include "recipe/section_fields.h"

const struct field server_fields_mariadb[] = {
	{ "buffer_pool", FIELD_SHARE, .offset = offsetof(struct mariadb, buffer_pool_bytes),
	  .min = 32ull << 20, .max = 4ull << 40, .fallback = "25%",
	  .help = "memory for data pages: a share of the container's memory, worked out at boot, or a size" },
	{ "character_set", FIELD_TEXT, .offset = offsetof(struct mariadb, character_set),
	  .pattern = &pattern_word, .fallback = "utf8mb4", .help = "the server's character set" },
	{ "collation", FIELD_TEXT, .offset = offsetof(struct mariadb, collation), .pattern = &pattern_word,
	  .fallback = "utf8mb4_unicode_ci", .help = "the server's collation" },
	{ "port", PORT(offsetof(struct mariadb, port)), .fallback = "3306",
	  .help = "its TCP port on 127.0.0.1" },
	{ "max_connections", FIELD_COUNT, .offset = offsetof(struct mariadb, max_connections), .min = 10,
	  .max = 100000, .fallback = "200", .help = "connections at once" },
	{ "durability", FIELD_ENUM, .offset = offsetof(struct mariadb, durability),
	  .choices = WORDS("full", "relaxed"), .fallback = "full",
	  .help = "full: a commit is on disk when it is acknowledged; relaxed: the last second may be lost "
		  "in a crash" },
	{ "settings", FIELD_PAIRS, .offset = offsetof(struct mariadb, settings), .max = 200,
	  .pattern = &pattern_setting,
	  .help = "more server variables, written into its configuration as they are" },
	{ "external", FIELD_REFUSED, .help = "is not yet possible: the database is inside the image" },
	SECRET_ROW("password"),
	SECRET_ROW("root_password"),
	END,
};

/* clang-format off */
#define REDIS_ROWS(port_, maxmemory_, policy_, persistence_, ...) \
	{ "port", PORT(offsetof(struct redis, port)), .fallback = (port_), \
	  .help = "its TCP port on 127.0.0.1" }, \
	/* with less it refuses every job, because the bench's connections use it up */ \
	{ "maxmemory", FIELD_SIZE, .offset = offsetof(struct redis, maxmemory_bytes), .min = 16 << 20, \
	  .max = 1ull << 40, .zero = "unlimited", .fallback = (maxmemory_), .help = "memory it may use" }, \
	{ "policy", FIELD_TEXT, .offset = offsetof(struct redis, policy), .fallback = (policy_), \
	  .choices = WORDS("noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", \
			   "volatile-lfu", "volatile-random", "volatile-ttl"), \
	  .help = "what it forgets when that memory is full" }, \
	{ "persistence", FIELD_ENUM, .offset = offsetof(struct redis, persistence), \
	  .choices = WORDS("none", "append_only", "snapshot" __VA_OPT__(,) __VA_ARGS__), \
	  .fallback = (persistence_), .help = "how it survives a restart" \
		  __VA_OPT__("; clean_stop: it is there again after a stop in order, for the same image") }, \
	SECRET_ROW("password")
/* clang-format on */

/* clang-format off */
#define NO_ALIAS \
	{ "alias", FIELD_REFUSED, \
	  .help = "is for 'socketio' only: cache and queue are instances of their own" }
/* clang-format on */

static const struct field cache_fields[] = {
	REDIS_ROWS("13000", "256M", "allkeys-lru", "clean_stop", "clean_stop"),
	NO_ALIAS,
	END,
};

static const struct field queue_fields[] = {
	REDIS_ROWS("11000", "unlimited", "noeviction", "append_only"),
	NO_ALIAS,
	END,
};

static const struct field socketio_redis_fields[] = {
	REDIS_ROWS("12000", "unlimited", "noeviction", "none"),
	{ "alias", FIELD_TEXT, .offset = offsetof(struct redis, alias), .choices = WORDS("queue", "cache"),
	  .help = "the instance that serves instead, for frameworks that need no third one; then nothing "
		  "else is written here" },
	END,
};

const struct field server_fields_redis[] = {
	{ "cache", FIELD_MAP, .offset = REDIS_CACHE * sizeof(struct redis), .fields = cache_fields,
	  .help = "what may be worked out again: it evicts" },
	{ "queue", FIELD_MAP, .offset = REDIS_QUEUE * sizeof(struct redis), .fields = queue_fields,
	  .help = "background jobs; never evicts and survives a crash" },
	{ "socketio", FIELD_MAP, .offset = REDIS_SOCKETIO * sizeof(struct redis),
	  .fields = socketio_redis_fields, .help = "live events passing through" },
	{ "external", FIELD_REFUSED, .help = "is not yet possible: the three Redis are inside the image" },
	END,
};

const struct field server_fields_web[] = {
	{ "port", PORT(offsetof(struct web, port)), .fallback = "8000",
	  .help = "the bench's own port on 127.0.0.1, where its programs ask its sites; in production Nginx "
		  "passes it on to Gunicorn's socket" },
	{ "workers", FIELD_COUNT, .offset = offsetof(struct web, workers), .min = 1, .max = 256,
	  .zero = "auto", .fallback = "auto",
	  .help = "processes; auto: from processors and memory, at boot" },
	{ "threads", FIELD_COUNT, .offset = offsetof(struct web, threads), .min = 1, .max = 256,
	  .fallback = "4", .help = "threads in each process" },
	{ "timeout", FIELD_SECONDS, .offset = offsetof(struct web, timeout_seconds), .min = 1, .max = 86400,
	  .fallback = "120", .help = "longest request" },
	{ "max_requests", FIELD_COUNT, .offset = offsetof(struct web, max_requests), .min = 1,
	  .max = 1000000000, .zero = "unlimited", .fallback = "5000",
	  .help = "requests after which a process is replaced" },
	{ "max_body", FIELD_SIZE, .offset = offsetof(struct web, max_body_bytes), .min = 1 << 10,
	  .max = 1ull << 40, .fallback = "50M", .help = "largest request, so largest upload" },
	END,
};

const struct field server_fields_workers[] = {
	{ "queues", FIELD_LIST, .required = true, .offset = offsetof(struct worker, queues), .min = 1,
	  .max = 32, .pattern = &pattern_word, .help = "queues it takes jobs from, most urgent first" },
	{ "count", FIELD_COUNT, .offset = offsetof(struct worker, count), .min = 1, .max = 256,
	  .fallback = "1", .help = "processes" },
	{ "timeout", FIELD_SECONDS, .offset = offsetof(struct worker, timeout_seconds), .min = 1,
	  .max = 86400, .fallback = "1500", .help = "longest job: it is given this long to stop" },
	END,
};

const struct field server_fields_nginx[] = {
	{ "port", PORT_OF_ROOT(offsetof(struct nginx, port)), .fallback = "8080",
	  .help = "the port the image listens on" },
	{ "unknown_host", FIELD_TEXT, .offset = offsetof(struct nginx, unknown_host),
	  .pattern = &pattern_unknown_host, .fallback = "refuse",
	  .help = "refuse: a request for a host that no site has gets 404; or the site that answers it" },
	{ "connections_per_address", FIELD_COUNT, .offset = offsetof(struct nginx, connections_per_address),
	  .min = 10, .max = 65535, .zero = "unlimited", .fallback = "2000",
	  .help = "connections with a request in them that one visitor's address may have at once; more get "
		  "429. Everybody behind a proxy that trusted_proxies does not name has one address" },
	{ "requests_per_second", FIELD_COUNT, .offset = offsetof(struct nginx, requests_per_second),
	  .min = 10, .max = 1000000, .zero = "unlimited", .fallback = "2000",
	  .help = "requests a second from one visitor's address, with bursts of the same size; more get "
		  "429" },
	{ "trusted_proxies", FIELD_LIST, .offset = offsetof(struct nginx, trusted_proxies), .max = 64,
	  .pattern = &pattern_network,
	  .help = "networks of proxies in front: what they say in X-Forwarded-For and X-Forwarded-Proto of a "
		  "visitor is believed" },
	END,
};

const struct field server_fields_socketio[] = {
	{ "port", PORT(0), .fallback = "9000", .help = "its port on 127.0.0.1" },
	END,
};
