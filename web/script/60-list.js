// SPDX-License-Identifier: Apache-2.0
// The list: what the reader asked for (all of it in the URL), the table, the picture of freshness.

const PAGE_ROWS = 100, TYPING_MS = 40, REFRESH_MS = 10000;

// name, label, parameters of the API
const FRESHNESS = [
	["minute", "under 1 min", () => ({ pushed_after: now() - MINUTE })],
	["hour", "1 min to 1 h", () => ({ pushed_after: now() - HOUR, pushed_before: now() - MINUTE })],
	["day", "1 h to 1 day", () => ({ pushed_after: now() - DAY, pushed_before: now() - HOUR })],
	["week", "1 day to 1 week", () => ({ pushed_after: now() - WEEK, pushed_before: now() - DAY })],
	["older", "over 1 week", () => ({ pushed_after: 1, pushed_before: now() - WEEK })],
	["never", "never pushed", () => ({ pushed_before: 1 })],
	["failed", "last push failed", () => ({ failed: true })],
];

const view = { query: "", sort: "labels", fresh: "", cursor: "", open: new Set(), tab: "metrics" };
const shown = { groups: [], rows: new Map(), total: 0, stored: 0, next: "", before: [], at: 0 };

// ---- the URL ----

function readUrl() {
	const parameters = new URLSearchParams(location.search);
	view.query = parameters.get("q") ?? "";
	view.sort = parameters.get("sort") ?? "labels";
	view.fresh = parameters.get("pushed") ?? "";
	view.cursor = parameters.get("cursor") ?? "";
	view.open = new Set(parameters.getAll("open"));
	view.tab = parameters.get("tab") ?? (location.hash === "#status" || location.pathname.endsWith("/status") ? "status" : "metrics");
	byId("search").value = view.query;
	byId("sort").value = view.sort;
	if (byId("sort").selectedIndex < 0) byId("sort").value = view.sort = "labels";
}

function writeUrl() {
	const parameters = new URLSearchParams();
	if (view.query !== "") parameters.set("q", view.query);
	if (view.sort !== "labels") parameters.set("sort", view.sort);
	if (view.fresh !== "") parameters.set("pushed", view.fresh);
	if (view.cursor !== "") parameters.set("cursor", view.cursor);
	for (const path of view.open) parameters.append("open", path);
	if (view.tab !== (location.pathname.endsWith("/status") ? "status" : "metrics")) parameters.set("tab", view.tab);
	const text = parameters.toString();
	const url = location.pathname + (text === "" ? "" : `?${text}`);
	if (url !== location.pathname + location.search + location.hash) history.replaceState(null, "", url);
}

// ---- questions ----

const isSelector = (query) => query.trimStart().startsWith("{");

function filterParameters() {
	const parameters = new URLSearchParams();
	const query = view.query.trim();
	if (isSelector(query)) parameters.append("match[]", query);
	else if (query !== "") parameters.set("search", query);
	return parameters;
}

function add(parameters, more) {
	for (const [name, value] of Object.entries(more)) parameters.set(name, typeof value === "number" ? value.toFixed(0) : value);
	return parameters;
}

const freshParameters = () => (FRESHNESS.find(([name]) => name === view.fresh)?.[2] ?? (() => ({})))();

// Failed groups first, by their failure, then the others, the longest silent first: two questions, and a cursor
// that says in which of them it is.
async function askTroubled(signal) {
	const phase = view.cursor.startsWith("late:") ? "late" : "failed";
	const cursor = view.cursor.replace(/^(late|failed):/, "");
	const question = (failed, sort, limit, at) => askGroups(add(filterParameters(),
		{ ...freshParameters(), failed, sort, limit: String(limit), freshness: "true", ...(at === "" ? {} : { cursor: at }) }), signal);
	const one = (data, which, other) => ({ ...data, total: data.total + other.total,
		next_cursor: data.next_cursor && `${which}:${data.next_cursor}` });
	if (view.fresh === "failed") {
		const data = await question("true", "-push_failure_time_seconds", PAGE_ROWS, cursor);
		return one(data, "failed", { total: 0 });
	}
	if (phase === "late") {
		const [data, failed] = await Promise.all([question("false", "push_time_seconds", PAGE_ROWS, cursor),
			question("true", "-push_failure_time_seconds", 1, "")]);
		return one(data, "late", failed);
	}
	const failed = await question("true", "-push_failure_time_seconds", PAGE_ROWS, cursor);
	const room = PAGE_ROWS - failed.groups.length;
	const late = await question("false", "push_time_seconds", Math.max(room, 1), "");
	if (failed.next_cursor || room === 0) return one({ ...failed, next_cursor: failed.next_cursor ?? "" }, "failed", late);
	return { ...one(late, "late", failed), groups: [...failed.groups, ...late.groups] };
}

function askPage(signal) {
	if (view.sort === "trouble") return askTroubled(signal);
	const parameters = add(filterParameters(), { ...freshParameters(), limit: String(PAGE_ROWS), sort: view.sort, freshness: "true" });
	if (view.cursor !== "") parameters.set("cursor", view.cursor);
	return askGroups(parameters, signal);
}

// ---- drawing ----

function drawFreshness(freshness) {
	const total = { minute: freshness.minute, hour: freshness.hour - freshness.minute, day: freshness.day - freshness.hour,
		week: freshness.week - freshness.day, older: freshness.older, never: freshness.never, failed: freshness.failed };
	const ages = FRESHNESS.slice(0, 6).filter(([name]) => total[name] > 0);
	const all = ages.reduce((sum, [name]) => sum + total[name], 0);
	// Few groups among many must be seen, too: each part has a least width.
	const least = 8, free = 1000 - least * ages.length;
	let x = 0;
	const picture = draw("svg", { class: "picture", viewBox: "0 0 1000 12", preserveAspectRatio: "none", role: "img",
		"aria-label": ages.map(([name, label]) => `${count(total[name])} ${label}`).join(", ") || "No groups" });
	for (const [name, label] of ages) {
		const width = least + free * total[name] / all;
		picture.append(draw("rect", { class: name, x, y: 0, width, height: 12 }, draw("title", {}, `${count(total[name])} pushed ${label}`)));
		x += width;
	}
	const focused = document.activeElement?.dataset?.fresh;
	byId("freshness").replaceChildren(picture, ...FRESHNESS.map(([name, label]) => make("button", {
		type: "button", class: total[name] === 0 ? `${name === "failed" ? "failed " : ""}none` : name === "failed" ? "failed" : null,
		"data-fresh": name, "aria-pressed": String(view.fresh === name), onclick: () => change({ fresh: view.fresh === name ? "" : name }) },
	make("b", {}, count(total[name])), make("span", {}, make("i", { class: name === "failed" ? "bad" : name }), label))));
	if (focused !== undefined) byId("freshness").querySelector(`[data-fresh="${focused}"]`)?.focus();
}

function drawSummary(data) {
	const filtered = view.query.trim() !== "" || view.fresh !== "";
	const text = filtered ? `${count(data.total)} of ${counted(data.stored, "group")}` : counted(data.stored, "group");
	// It is read aloud whenever it is set.
	if (byId("summary").textContent !== text) byId("summary").textContent = text;
	const matching = byId("delete-matching");
	matching.hidden = !filtered || data.total === 0;
	matching.textContent = `Delete ${counted(data.total, "matching group")}`;
	const wipeAll = byId("wipe");
	wipeAll.hidden = !isAdmin;
	wipeAll.disabled = data.stored === 0;
	wipeAll.textContent = `Delete All ${count(data.stored)} Groups`;
	drawEmpty(data, filtered);
}

function drawEmpty(data, filtered) {
	byId("table").hidden = data.groups.length === 0;
	byId("empty").hidden = data.groups.length > 0;
	if (data.groups.length > 0) return;
	byId("empty").replaceChildren(...(filtered
		? [make("p", {}, "No group is like that."), button("Show all groups", () => change({ query: "", fresh: "" }))]
		: [make("p", {}, "Nothing was pushed yet. Try this:"), make("pre", {}, pushCommand({ job: "some_job" }, "some_metric"))]));
}

function drawPager(data) {
	const from = shown.at * PAGE_ROWS + 1, to = from + data.groups.length - 1;
	byId("pager").hidden = view.cursor === "" && !data.next_cursor;
	byId("first").disabled = byId("previous").disabled = view.cursor === "";
	byId("next").disabled = !data.next_cursor;
	// A link into the middle knows where it continues, not how many groups are before it.
	byId("position").textContent = view.cursor !== "" && shown.at === 0 ? `${count(data.groups.length)} of ${count(data.total)}`
		: `${count(from)}–${count(to)} of ${count(data.total)}`;
}

function drawOrder() {
	const [, minus, key] = /^(-?)(.*)$/.exec(view.sort);
	for (const th of document.querySelectorAll("#table th[data-sort]")) {
		if (th.dataset.sort === key) th.setAttribute("aria-sort", minus === "-" ? "descending" : "ascending");
		else th.removeAttribute("aria-sort");
	}
	byId("sort").value = view.sort;
}

// ---- rows ----

function toggle(group) {
	if (!view.open.delete(group.path)) view.open.add(group.path);
	writeUrl();
	drawOpen(group);
}

function drawOpen(group) {
	const row = shown.rows.get(group.path), open = view.open.has(group.path);
	row.opener.setAttribute("aria-expanded", String(open));
	row.node.classList.toggle("open", open);
	if (!open) {
		row.detail?.remove();
		row.detail = null;
	} else if (row.detail === null) {
		const cell = make("td", { colspan: "6" }, make("p", { class: "wait" }, "Reading the group"));
		row.detail = make("tr", { class: "detail", id: `${row.node.id}-detail` }, cell);
		row.node.after(row.detail);
		showDetail(cell, group);
	}
}

let rowNumber = 0;

function rowOf(group) {
	const id = `group-${rowNumber++}`, text = groupText(group.labels);
	const opener = button("", (event) => { event.stopPropagation(); toggle(row.group); },
		{ class: "opener", "aria-expanded": "false", "aria-controls": `${id}-detail`, "aria-label": `Group ${text}` });
	const node = make("tr", { class: "group-row", id, onclick: (event) => {
		if (event.target.closest("button, a") === null && String(getSelection()) === "") toggle(row.group);
	} });
	const row = { group, node, opener, detail: null };
	drawRow(row);
	return row;
}

function drawRow(row) {
	const { group, node, opener } = row;
	node.replaceChildren(
		make("td", {}, make("div", { class: "identity" }, opener, make("div", { class: "badges" },
			labelsInOrder(group.labels).map(([name, value]) => filterBadge(name, value)),
			!group.last_push_successful && make("span", { class: "failed-badge",
				title: `Failed ${moment(group.push_failure_time_seconds)}; the gateway's log says why` }, "Last push failed!")))),
		make("td", { class: "age" }, make("i", { class: ageClass(group.push_time_seconds) }), age(group.push_time_seconds)),
		make("td", { class: "number" }, count(group.families)),
		make("td", { class: "number" }, count(group.series)),
		make("td", { class: "number" }, bytesText(group.bytes)),
		make("td", { class: "actions" }, button("Delete Group", () => confirmGroup(group),
			{ class: "danger", "aria-label": `Delete Group ${groupText(group.labels)}` })));
}

const sameRow = (a, b) => a.push_time_seconds === b.push_time_seconds && a.push_failure_time_seconds === b.push_failure_time_seconds &&
	a.series === b.series && a.families === b.families && a.bytes === b.bytes && a.last_push_successful === b.last_push_successful;

// Rows that stay are kept, with what the reader has open and focused in them.
function drawRows(groups) {
	const rows = new Map();
	for (const group of groups) {
		group.path = groupPath(group.labels);
		const row = shown.rows.get(group.path) ?? rowOf(group);
		const changed = !sameRow(row.group, group);
		row.group = group;
		if (changed) {
			const focused = row.node.contains(document.activeElement) && document.activeElement === row.opener;
			drawRow(row);
			if (focused) row.opener.focus();
			if (row.detail !== null) showDetail(row.detail.firstChild, group);
		}
		rows.set(group.path, row);
	}
	const wanted = [];
	for (const row of rows.values()) wanted.push(row.node, ...(row.detail === null ? [] : [row.detail]));
	const body = byId("rows"), now = [...body.children];
	if (wanted.length !== now.length || wanted.some((node, i) => node !== now[i])) {
		const active = document.activeElement;
		body.replaceChildren(...wanted);
		if (active !== document.activeElement && body.contains(active)) active.focus({ preventScroll: true });
	}
	shown.rows = rows;
	shown.groups = groups;
	for (const group of groups) if (view.open.has(group.path)) drawOpen(group);
}

// ---- asking and showing ----

let asking = null;

function showPage(data) {
	shown.next = data.next_cursor ?? "";
	shown.total = data.total;
	shown.stored = data.stored;
	drawFreshness(data.freshness);
	drawSummary(data);
	drawRows(data.groups);
	drawPager(data);
	drawOrder();
	byId("filter-error").hidden = true;
	byId("search").removeAttribute("aria-invalid");
	document.documentElement.classList.add("script");
	note("");
}

function showFailure(error) {
	if (error.status === 400) {
		byId("filter-error").textContent = error.message;
		byId("filter-error").hidden = false;
		byId("search").setAttribute("aria-invalid", "true");
		return;
	}
	note(`The gateway ${error.status === 403 ? "refused" : "did not answer"}: ${error.message}`);
	if (shown.groups.length > 0) return;
	// Nothing to show but what was served with the page.
	document.documentElement.classList.remove("script");
}

async function refresh() {
	asking?.abort();
	const mine = asking = new AbortController();
	try {
		const data = await askPage(mine.signal);
		if (mine === asking) showPage(data);
	} catch (error) {
		if (error.name !== "AbortError" && mine === asking) showFailure(error);
	} finally {
		if (mine === asking) asking = null;
	}
}

// The reader wants to see something else; from its first page.
function change(wanted) {
	Object.assign(view, { cursor: "" }, wanted);
	Object.assign(shown, { before: [], at: 0 });
	if (wanted.query !== undefined && byId("search").value !== wanted.query) byId("search").value = wanted.query;
	writeUrl();
	return refresh();
}

function turn(cursor, before, at) {
	Object.assign(view, { cursor });
	Object.assign(shown, { before, at });
	writeUrl();
	refresh().then(() => byId("groups").scrollIntoView({ block: "start" }));
}

// Another matcher for the selector that is in the filter, or the first of one.
function narrow(name, value) {
	const query = view.query.trim(), more = matcher(name, value);
	if (!isSelector(query) || !query.endsWith("}")) return change({ query: `{${more}}` });
	if (query.includes(more)) return change({ query });
	const inside = query.slice(1, -1).trim().replace(/,$/, "");
	return change({ query: inside === "" ? `{${more}}` : `{${inside},${more}}` });
}

function listenToList() {
	let typing = 0;
	byId("search").addEventListener("input", (event) => {
		clearTimeout(typing);
		typing = setTimeout(() => change({ query: event.target.value }), TYPING_MS);
	});
	byId("filter").addEventListener("submit", (event) => event.preventDefault());
	byId("sort").addEventListener("change", (event) => change({ sort: event.target.value }));
	for (const th of document.querySelectorAll("#table th[data-sort]"))
		th.firstElementChild.addEventListener("click", () =>
			change({ sort: view.sort === th.dataset.sort ? `-${th.dataset.sort}` : th.dataset.sort }));
	byId("next").addEventListener("click", () => turn(shown.next, [...shown.before, view.cursor], shown.at + 1));
	byId("previous").addEventListener("click", () => turn(shown.before.at(-1) ?? "", shown.before.slice(0, -1), Math.max(0, shown.at - 1)));
	byId("first").addEventListener("click", () => turn("", [], 0));
	setInterval(() => {
		const waits = asking !== null || byId("confirm").open || !byId("filter-error").hidden;
		if (!document.hidden && view.tab === "metrics" && !waits) refresh();
	}, REFRESH_MS);
	document.addEventListener("visibilitychange", () => { if (!document.hidden && view.tab === "metrics") refresh(); });
	document.addEventListener("keydown", (event) => {
		if (event.key === "/" && event.target.closest("input, select, textarea, dialog") === null && !event.ctrlKey && !event.metaKey) {
			event.preventDefault();
			byId("search").focus();
		}
	});
}
