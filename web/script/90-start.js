// SPDX-License-Identifier: Apache-2.0
// Begins as soon as the list's own markup is there; what was served for readers without a script may
// still be on its way.

function showTab(tab) {
	view.tab = tab;
	document.documentElement.classList.toggle("at-status", tab === "status");
	for (const name of ["metrics", "status"]) {
		if (name === tab) byId(`tab-${name}`).setAttribute("aria-current", "page");
		else byId(`tab-${name}`).removeAttribute("aria-current");
	}
	if (tab !== "status") refresh();
	else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", showStatus, { once: true });
	else showStatus();
}

function listenToTabs() {
	for (const name of ["metrics", "status"])
		byId(`tab-${name}`).addEventListener("click", (event) => {
			if (event.ctrlKey || event.metaKey || event.shiftKey) return;
			event.preventDefault();
			showTab(name);
			writeUrl();
		});
	addEventListener("popstate", () => {
		readUrl();
		showTab(view.tab);
	});
}

// The reader's choice is kept in this browser; nothing else is.
function listenToTheme() {
	let theme = null;
	try {
		theme = localStorage.getItem("theme");
	} catch { /* storage is off: follow the system */ }
	if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
	byId("theme").addEventListener("click", () => {
		const dark = document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
		const next = dark === "dark" ? "light" : "dark";
		document.documentElement.dataset.theme = next;
		try {
			localStorage.setItem("theme", next);
		} catch { /* for this visit, then */ }
	});
}

listenToTheme();
readUrl();
listenToList();
listenToTabs();
showTab(view.tab);
document.addEventListener("DOMContentLoaded", listenToDeletes);
