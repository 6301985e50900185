// SPDX-License-Identifier: Apache-2.0
// The build joins these files, in the order of their names, into static/page.js.
// Everything shown is made of nodes and text: nothing that was pushed is ever read as markup.
"use strict";

const byId = (id) => document.getElementById(id);

// The page can be used from here on: hide what was served for readers without a script.
document.documentElement.classList.add("script");

function fill(node, attributes, children) {
	for (const [name, value] of Object.entries(attributes)) {
		if (value === false || value === null || value === undefined) continue;
		if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
		else node.setAttribute(name, value === true ? "" : value);
	}
	node.append(...children.flat().filter((child) => child !== null && child !== false));
	return node;
}

const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const draw = (tag, attributes = {}, ...children) =>
	fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

const button = (text, onclick, attributes = {}) => make("button", { type: "button", onclick, ...attributes }, text);

// ---- words for numbers ----

const grouped = new Intl.NumberFormat("en-US");
const count = (n) => grouped.format(n);
const counted = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

function bytesText(n) {
	const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
	let unit = 0;
	for (; Math.abs(n) >= 1024 && unit < units.length - 1; unit++) n /= 1024;
	return `${unit === 0 || Math.abs(n) >= 100 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`;
}

const MINUTE = 60, HOUR = 3600, DAY = 86400, WEEK = 604800;

function durationText(seconds) {
	const s = Math.max(0, Math.floor(seconds));
	if (s < MINUTE) return `${s} s`;
	if (s < HOUR) return s < 10 * MINUTE ? `${Math.floor(s / MINUTE)} min ${s % MINUTE} s` : `${Math.floor(s / MINUTE)} min`;
	if (s < DAY) return `${Math.floor(s / HOUR)} h ${Math.floor((s % HOUR) / MINUTE)} min`;
	if (s < 2 * WEEK) return `${Math.floor(s / DAY)} d ${Math.floor((s % DAY) / HOUR)} h`;
	return `${Math.floor(s / DAY)} d`;
}

// The server's clock rules: ages must be right where the reader's clock is wrong.
let clockOffset = 0;
const now = () => Date.now() / 1000 + clockOffset;
function heedClock(response) {
	const date = Date.parse(response.headers.get("Date") ?? "");
	if (!Number.isNaN(date) && Math.abs(date / 1000 - Date.now() / 1000) > 2) clockOffset = date / 1000 - Date.now() / 1000;
	else clockOffset = 0;
}

const ageText = (time) => (time === 0 ? "never" : `${durationText(now() - time)} ago`);

function ageClass(time) {
	if (time === 0) return "never";
	const age = now() - time;
	return age <= MINUTE ? "minute" : age <= HOUR ? "hour" : age <= DAY ? "day" : age <= WEEK ? "week" : "older";
}

const moment = (time) => (time === 0 ? "never" : new Date(time * 1000).toLocaleString(undefined, {
	dateStyle: "medium", timeStyle: "medium" }));

// Elements whose text is an age are kept right by one timer.
const age = (time, attributes = {}) =>
	make("time", { ...attributes, "data-age": time, title: moment(time) }, ageText(time));

setInterval(() => {
	if (document.hidden) return;
	for (const node of document.querySelectorAll("[data-age]")) {
		const text = ageText(Number(node.dataset.age));
		if (node.textContent !== text) node.textContent = text;
		const dot = node.previousElementSibling;
		if (dot?.tagName === "I") dot.className = ageClass(Number(node.dataset.age));
	}
}, 1000);

// ---- messages ----

let toastTimer = 0;
function toast(text) {
	const node = byId("toast");
	node.textContent = text;
	node.classList.add("shown");
	clearTimeout(toastTimer);
	toastTimer = setTimeout(() => node.classList.remove("shown"), 2200);
}

function note(text) {
	byId("note").textContent = text;
	byId("note").hidden = text === "";
}

// navigator.clipboard is missing where the page is not served over TLS.
async function copy(text, what) {
	try {
		await navigator.clipboard.writeText(text);
	} catch {
		const area = make("textarea", { "aria-hidden": "true", class: "unseen" });
		area.value = text;
		(document.querySelector("dialog[open]") ?? document.body).append(area);
		area.select();
		const done = document.execCommand("copy");
		area.remove();
		if (!done) {
			toast("The browser does not let this page copy");
			return;
		}
	}
	toast(`Copied the ${what}`);
}

const copier = (text, what, label) => button(label, () => copy(text(), what), { title: `Copy the ${what}` });
