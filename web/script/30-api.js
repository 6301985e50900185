// SPDX-License-Identifier: Apache-2.0
// Requests. All of them are relative to the page, so that they pass any proxy that the page passed.

class Refused extends Error {
	constructor(status, sentence) {
		super(sentence);
		this.status = status;
	}
}

async function refusal(response) {
	const text = await response.text();
	try {
		return new Refused(response.status, JSON.parse(text).error ?? text);
	} catch {
		return new Refused(response.status, text.trim() || `${response.status} ${response.statusText}`);
	}
}

// The last answer of each question, for which the server may say that it still holds.
const known = new Map();
const KNOWN_MAX = 8;

async function ask(path, parameters, signal) {
	const url = parameters === undefined ? path : `${path}?${parameters}`;
	const last = known.get(url);
	const response = await fetch(root() + url, { signal, headers: last === undefined ? {} : { "If-None-Match": last.etag } });
	heedClock(response);
	if (response.status === 304 && last !== undefined) return last.data;
	if (!response.ok) throw await refusal(response);
	const { data } = await response.json();
	const etag = response.headers.get("ETag");
	known.delete(url);
	if (etag !== null) known.set(url, { etag, data });
	if (known.size > KNOWN_MAX) known.delete(known.keys().next().value);
	return data;
}

async function send(method, path) {
	const response = await fetch(root() + path, { method });
	if (!response.ok) throw await refusal(response);
	return response.status === 202 ? null : (await response.json()).data;
}

const askGroups = (parameters, signal) => ask("api/v1/groups", parameters, signal);
const askGroup = (path) => ask(`api/v1/groups/${path}`);
const deleteGroup = (path) => send("DELETE", `metrics/${path}`);
const deleteMatching = (parameters) => send("DELETE", `api/v1/admin/groups?${parameters}`);
const wipe = () => send("PUT", "api/v1/admin/wipe");
