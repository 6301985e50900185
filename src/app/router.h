/* SPDX-License-Identifier: Apache-2.0
 *
 * router.h -- which route a request means, as the reference's two routers decide it: Go's ServeMux
 * cleans the raw path, then httprouter matches the decoded one, tries the path with or without its
 * last slash, and a match that ignores case. Pure; any thread. */
#pragma once

#include "base/arena.h"
#include "http/http.h"

enum route_kind {
	ROUTE_EXACT,
	ROUTE_TREE, /* the path ends in `/`; whatever follows belongs to it */
	ROUTE_PUSH, /* <path>/<job>[/labels...] */
};

struct route {
	enum http_method method;
	enum route_kind kind;
	bool api;          /* in the tree below /api/v1 */
	struct slice path; /* the route prefix included; of API routes what follows /api/v1 */
	int id;            /* the caller's */
};

struct router {
	const struct route *routes;
	size_t n_routes;
	struct slice api_path; /* <prefix>/api/v1 */
};

enum router_result {
	ROUTER_FOUND,
	ROUTER_REDIRECT,
	ROUTER_OPTIONS,     /* 200 with `allow`, which may be empty */
	ROUTER_NOT_ALLOWED, /* 405 with `allow` */
	ROUTER_NOT_FOUND,
	ROUTER_BAD_TARGET, /* `*` for another method than OPTIONS */
	ROUTER_NOMEM,
};

struct router_match {
	bool main; /* the main router has decided it, whose requests the reference decodes first */
	/* ROUTER_FOUND */
	const struct route *route;
	struct slice job, labels; /* of a push: labels is empty or begins with `/` */
	struct slice rest;        /* of a tree: behind its path */
	/* ROUTER_REDIRECT */
	int status;
	struct slice location;
	/* ROUTER_OPTIONS, ROUTER_NOT_ALLOWED: "DELETE, OPTIONS, POST, PUT" */
	struct slice allow;
};

/* Texts in `ret` live in the request or in the arena. */
enum router_result router_find(const struct router *router, const struct http_request *r,
			       struct arena *arena, struct router_match *ret);
