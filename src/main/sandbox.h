/* SPDX-License-Identifier: Apache-2.0
 *
 * sandbox.h -- what the process gives up once it has started: nothing that it needs, and no way
 * back.
 *
 * Main thread, once, before any other thread runs: what comes later inherits it. Three walls:
 *   no new privileges   a program that is executed gains none (it could not be executed anyway)
 *   seccomp             only the system calls of sandbox_calls.def; no other program, no new
 *                       connection outwards, no memory that is writable first and code later. A
 *                       call that only an intruder would make ends the process; any other fails
 *                       with ENOSYS, so that a C library which tries something new falls back
 *   Landlock            only the files below the folders given; where the kernel knows how, no
 *                       TCP socket is bound or connected, no other process gets a signal
 * A kernel without the second or third is no error: the state says what there is. No privileges are
 * needed. Builds with sanitizers, which need more than is given here, have sandbox_none.c. */
#pragma once

#include "base/err.h"

enum sandbox_use {
	SANDBOX_READ,   /* files in the folder are read */
	SANDBOX_WRITE,  /* and written, made, renamed, deleted */
	SANDBOX_REMOVE, /* files are deleted */
};

struct sandbox_folder {
	struct slice
		path; /* of a folder, or of a file that is read; one that is missing is no error */
	enum sandbox_use use;
};

enum { SANDBOX_FOLDERS_MAX = 64 };

struct sandbox_needs {
	struct sandbox_folder folders[SANDBOX_FOLDERS_MAX];
	size_t n_folders;
	bool notify; /* $NOTIFY_SOCKET is told things */
};

struct sandbox_state {
	bool built;       /* false: a build without */
	bool seccomp;     /* the filter is in force */
	int landlock_abi; /* 0: the kernel has none */
};

/* False when there is no more room. */
must_check bool sandbox_need(struct sandbox_needs *needs, struct slice path, enum sandbox_use use);
/* The folder of the file, and that of what it is a link to. The arena must outlive `needs`. */
must_check bool sandbox_need_folder_of(struct sandbox_needs *needs, struct arena *arena,
				       struct slice file, enum sandbox_use use);

must_check enum err_code sandbox_enter(const struct sandbox_needs *needs, struct sandbox_state *ret,
				       struct err *reterr);
