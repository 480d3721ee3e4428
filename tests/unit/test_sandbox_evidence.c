/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The folder of evidence within the recorder's walls: files may be made, named
 * and removed there, and that is all it adds.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>

#include "sandbox_internal.h"
#include "sandboxing.h"

struct shelf {
	int folder, inner, landlock_most;
};

static int
keeps_to_its_folders(void *context)
{
	const struct shelf *p = context;
	struct sandbox_plan plan = plan_of(SANDBOX_RECORDER);
	int fd;

	plan.folder = p->folder;
	plan.inner = p->inner;
	plan.landlock_most = p->landlock_most;
	plan.fds[plan.fd_count++] = p->folder;
	plan.fds[plan.fd_count++] = p->inner;
	NEED(entered(&plan));
	fd = openat(p->inner, "exhibit.tmp",
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	NEED(fd >= 0 && write(fd, "bytes", 5) == 5 && close(fd) == 0);
	NEED(renameat2(p->inner, "exhibit.tmp", p->inner, "7.pcapng",
		 RENAME_NOREPLACE) == 0);
	REFUSED(renameat(p->inner, "7.pcapng", p->folder, "eve.json"));
	REFUSED(renameat(p->folder, "eve.json", p->inner, "7.pcapng"));
	REFUSED(renameat(p->inner, "7.pcapng", AT_FDCWD, "/tmp/7.pcapng"));
	REFUSED(linkat(p->folder, "eve.json", p->inner, "x", 0));
	REFUSED(symlinkat("/etc/passwd", p->inner, "x"));
	REFUSED(mkdirat(p->inner, "x", 0700));
	REFUSED(mkdirat(p->folder, "x", 0700));
	REFUSED(fchmod(p->inner, 0777));
	REFUSED(fchmodat(p->inner, "7.pcapng", 0777, 0));
	NEED(unlinkat(p->inner, "7.pcapng", 0) == 0);
	if (p->landlock_most < 0 || sandbox_landlock_abi() == 0)
		return 0;
	NEED(
	    openat(p->inner, "../../outside", O_WRONLY) < 0 && errno == EACCES);
	NEED(openat(p->inner, "link", O_WRONLY) < 0 && errno == EACCES);
	NEED(unlinkat(p->inner, "../../outside", 0) < 0 && errno == EACCES);
	return 0;
}

static void
make(const char *path, const char *name)
{
	char file[96];
	int fd;

	(void)snprintf(file, sizeof(file), "%s/%s", path, name);
	fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	(void)close(fd);
}

static void
a_recorder_keeps_to_its_folder_of_evidence(void **state)
{
	static const int most[] = { -1, 1, 2, 3, 0 };
	char outer[] = "/tmp/sandbox-evidence-XXXXXX", path[64];
	struct shelf p;

	(void)state;
	assert_non_null(mkdtemp(outer));
	make(outer, "outside");
	(void)snprintf(path, sizeof(path), "%s/events", outer);
	assert_int_equal(mkdir(path, 0700), 0);
	p.folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	make(path, "eve.json");
	assert_int_equal(mkdirat(p.folder, "evidence", 0700), 0);
	p.inner = openat(p.folder, "evidence",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(p.folder >= 0 && p.inner >= 0);
	assert_int_equal(symlinkat("../../outside", p.inner, "link"), 0);
	for (size_t i = 0; i < sizeof(most) / sizeof(most[0]); i++) {
		p.landlock_most = most[i];
		assert_int_equal(apart(keeps_to_its_folders, &p), 0);
	}
	(void)unlinkat(p.inner, "link", 0);
	(void)unlinkat(p.folder, "eve.json", 0);
	(void)unlinkat(p.folder, "evidence", AT_REMOVEDIR);
	(void)close(p.inner);
	(void)close(p.folder);
	(void)rmdir(path);
	(void)snprintf(path, sizeof(path), "%s/outside", outer);
	(void)unlink(path);
	assert_int_equal(rmdir(outer), 0);
}

/* Without a folder of its own there is none within it; nobody else has one. */
static int
has_no_inner_folder(void *context)
{
	const struct shelf *p = context;
	struct sandbox_plan plan = plan_of(
	    p->folder < 0 ? SANDBOX_RECORDER : SANDBOX_ENGINE);

	plan.inner = p->inner;
	plan.fds[plan.fd_count++] = p->inner;
	NEED(entered(&plan));
	REFUSED(openat(p->inner, "x", O_WRONLY | O_CREAT, 0600));
	REFUSED(unlinkat(p->inner, "x", 0));
	return 0;
}

static void
no_other_process_has_it(void **state)
{
	struct shelf p = { .inner = open("/tmp",
			       O_RDONLY | O_DIRECTORY | O_CLOEXEC) };

	(void)state;
	assert_true(p.inner >= 0);
	for (p.folder = -1; p.folder <= 0; p.folder++)
		assert_int_equal(apart(has_no_inner_folder, &p), 0);
	(void)close(p.inner);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recorder_keeps_to_its_folder_of_evidence),
		cmocka_unit_test(no_other_process_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
