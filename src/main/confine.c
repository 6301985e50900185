/* SPDX-License-Identifier: Apache-2.0 */
#include "main/confine.h"

#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "http/listener.h"
#include "main/systemd.h"

static bool need_file(struct sandbox_needs *needs, struct arena *arena, struct slice file,
		      enum sandbox_use use)
{
	return file.len == 0 || sandbox_need_folder_of(needs, arena, file, use);
}

static bool collect(const struct flags *flags, const struct http_policy *policy,
		    struct arena *arena, struct sandbox_needs *needs)
{
	const struct slice_list *addresses = &flags->web_listen_address;
	struct slice path;

	needs->notify = systemd_listens();
	if (!need_file(needs, arena, flags->persistence_file, SANDBOX_WRITE) ||
	    !need_file(needs, arena, flags->web_config_file, SANDBOX_READ))
		return false;
	if (policy != NULL && (!need_file(needs, arena, policy->tls.cert_file, SANDBOX_READ) ||
			       !need_file(needs, arena, policy->tls.key_file, SANDBOX_READ) ||
			       !need_file(needs, arena, policy->tls.client_ca_file, SANDBOX_READ)))
		return false;
	/* A Unix socket is removed at the end. */
	for (size_t i = 0; i < addresses->n; i++)
		if (listener_is_unix(addresses->items[i], &path) &&
		    !sandbox_need_folder_of(needs, arena, path, SANDBOX_REMOVE))
			return false;
	return true;
}

static void log_state(const struct flags *flags, const struct sandbox_state *state)
{
	char abi[12];

	if (!flags->sandbox || !state->built) {
		log_info(SLICE("Sandbox is disabled."),
			 LOG_TEXT("reason", !flags->sandbox ? SLICE("--no-sandbox")
							    : SLICE("built without")));
		return;
	}
	(void)snprintf(abi, sizeof(abi), "%d", state->landlock_abi);
	log_info(SLICE("Sandbox is enabled."), LOG_BOOL("seccomp", state->seccomp),
		 ((struct log_attr){.key = "landlock", .value = slice_of(abi), .bare = true}));
}

static struct slice state_words(const struct flags *flags, const struct sandbox_state *state,
				struct arena *arena)
{
	struct slice words;
	char text[64];

	if (!flags->sandbox)
		return SLICE("false");
	if (!state->built)
		return SLICE("true, but built without");
	if (state->landlock_abi > 0)
		(void)snprintf(text, sizeof(text), "%sseccomp, landlock %d",
			       state->seccomp ? "" : "no ", state->landlock_abi);
	else
		(void)snprintf(text, sizeof(text), "%sseccomp, no landlock",
			       state->seccomp ? "" : "no ");
	return arena_copy(arena, slice_of(text), &words) ? words : SLICE("true");
}

enum err_code confine(const struct flags *flags, const struct http_policy *policy,
		      struct arena *arena, struct slice *ret_state, struct err *reterr)
{
	struct sandbox_state state = {.built = true};
	struct sandbox_needs needs = {0};
	enum err_code code = ERR_NONE;

	if (flags->sandbox) {
		if (!collect(flags, policy, arena, &needs))
			return err_set(reterr, ERR_NOMEM,
				       SLICE("too many folders for the sandbox: --no-sandbox"));
		log_stop();
		code = sandbox_enter(&needs, &state, reterr);
		if (!log_start(flags->log_level, flags->log_format, STDERR_FILENO))
			return err_set(reterr, ERR_NOMEM, SLICE("cannot start the log's thread"));
	}
	if (code != ERR_NONE)
		return code;
	log_state(flags, &state);
	*ret_state = state_words(flags, &state, arena);
	return ERR_NONE;
}
