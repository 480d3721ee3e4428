/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who the processes become, and that there is no way back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <grp.h>
#include <linux/securebits.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "sandbox_internal.h"
#include "sandboxing.h"

#define NET_ADMIN_AND_RAW UINT64_C(0x3000)

static bool
finds(const char *name, uid_t uid, gid_t gid)
{
	struct sandbox_user user = { 1, 1 };
	char error[128] = "";

	return sandbox_find_user(name, &user, error, sizeof(error)) &&
	    user.uid == uid && user.gid == gid && error[0] == '\0';
}

static void
refuses(const char *name)
{
	struct sandbox_user user = { 7, 7 };
	char error[128] = "";

	assert_false(sandbox_find_user(name, &user, error, sizeof(error)));
	assert_true(error[0] != '\0');
	assert_int_equal(user.uid, 7); /* written only on success */
}

static void
test_a_user_is_found_by_name_or_number(void **state)
{
	const struct passwd *nobody = getpwnam("nobody");

	(void)state;
	assert_true(finds("54321", 54321, 54321));
	assert_true(finds("54321:54322", 54321, 54322));
	assert_true(finds("4294967294", 4294967294, 4294967294));
	if (nobody) {
		uid_t uid = nobody->pw_uid;
		gid_t gid = nobody->pw_gid;
		char number[16];

		assert_true(finds("nobody", uid, gid));
		(void)snprintf(number, sizeof(number), "%u", uid);
		assert_true(finds(number, uid, gid));
	}
}

static void
test_without_a_name_it_is_the_account_or_a_number_that_owns_nothing(
    void **state)
{
	const struct passwd *account = getpwnam("_sekisho");

	(void)state;
	if (account)
		assert_true(finds(NULL, account->pw_uid, account->pw_gid));
	else
		assert_true(finds(NULL, 61234, 61234));
}

static void
test_root_and_what_is_no_account_are_refused(void **state)
{
	static const char *const bad[] = { "root", "0", "0:0", "1000:0",
		"0:1000", "", ":", "1000:", ":1000", "1000:x", "1000:1000:1000",
		"4294967295", "4294967296", "99999999999999999999", "-1", "+1",
		" 1", "1 ", "0x10", "no-such-account", "../etc" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuses(bad[i]);
}

/* A number of /proc/self/status. */
static uint64_t
of_status(const char *name)
{
	char line[512];
	uint64_t value = UINT64_MAX;
	FILE *file = fopen("/proc/self/status", "re");

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, name, strlen(name)) == 0 &&
		    line[strlen(name)] == ':')
			value = strtoull(line + strlen(name) + 1, NULL, 16);
	if (file)
		(void)fclose(file);
	return value;
}

static int
becomes(void *context)
{
	const struct sandbox_user user = { 54321, 54322 };
	bool live = *(bool *)context;
	uint64_t kept = live ? NET_ADMIN_AND_RAW : 0;
	char error[128] = "";
	uid_t uid[3];
	gid_t gid[3], more[2] = { 1, 2 };

	NEED(setgroups(2, more) == 0);
	NEED(sandbox_become(&user, live, error, sizeof(error)));
	NEED(getresuid(&uid[0], &uid[1], &uid[2]) == 0);
	NEED(getresgid(&gid[0], &gid[1], &gid[2]) == 0);
	for (int i = 0; i < 3; i++)
		NEED(uid[i] == 54321 && gid[i] == 54322);
	NEED(getgroups(0, NULL) == 0);
	NEED(of_status("CapPrm") == kept && of_status("CapEff") == kept);
	NEED(of_status("CapInh") == 0 && of_status("CapAmb") == 0);
	NEED(of_status("CapBnd") == 0);
	NEED(of_status("NoNewPrivs") == 1);
	NEED(prctl(PR_GET_SECUREBITS, 0, 0, 0, 0) & SECBIT_NOROOT_LOCKED);
	REFUSED(setresuid(0, 0, 0));
	REFUSED(seteuid(0));
	REFUSED(setresgid(0, 0, 0));
	REFUSED(setgroups(2, more));
	REFUSED(prctl(PR_SET_SECUREBITS, 0, 0, 0, 0));
	NEED(chown("/", 54321, 54322) < 0);
	if (!SANDBOX_IS_RELAXED)
		NEED(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
	NEED((socket(AF_PACKET, SOCK_RAW, 0) >= 0) == live);
	return 0;
}

static void
test_a_live_supervisor_keeps_two_capabilities_and_nothing_else(void **state)
{
	bool live = true;

	(void)state;
	if (!is_root())
		skip();
	assert_int_equal(apart(becomes, &live), 0);
}

static void
test_an_offline_supervisor_keeps_no_capability(void **state)
{
	bool live = false;

	(void)state;
	if (!is_root())
		skip();
	assert_int_equal(apart(becomes, &live), 0);
}

/* Without CAP_SETPCAP, as a container may have it, neither securebits nor the
 * bounding set can be changed, and all else still holds. */
static int
becomes_without_setpcap(void *context)
{
	const struct sandbox_user user = { 54321, 54322 };
	const uint64_t needed = NET_ADMIN_AND_RAW | 1u << 6 | 1u << 7;
	char error[128] = "";

	(void)context;
	NEED(sandbox_keep_capabilities(needed, error, sizeof(error)));
	NEED(sandbox_become(&user, true, error, sizeof(error)));
	NEED(getuid() == 54321);
	NEED(of_status("CapPrm") == NET_ADMIN_AND_RAW);
	NEED(of_status("CapEff") == NET_ADMIN_AND_RAW);
	REFUSED(setresuid(0, 0, 0));
	return 0;
}

static void
test_a_root_with_few_capabilities_becomes_the_user_too(void **state)
{
	(void)state;
	if (!is_root())
		skip();
	assert_int_equal(apart(becomes_without_setpcap, NULL), 0);
}

/* As the service manager starts it: the user already, two capabilities. */
static int
is_user_already(void *context)
{
	const struct sandbox_user user = { 54321, 54322 };
	char error[128] = "";

	(void)context;
	NEED(sandbox_become(&user, true, error, sizeof(error)));
	NEED(sandbox_become(&user, true, error, sizeof(error)));
	NEED(of_status("CapEff") == NET_ADMIN_AND_RAW);
	return 0;
}

static void
test_a_process_that_is_no_root_keeps_what_it_has(void **state)
{
	(void)state;
	if (!is_root())
		skip();
	assert_int_equal(apart(is_user_already, NULL), 0);
}

static int
lacks_capabilities(void *context)
{
	const struct sandbox_user user = { 54321, 54322 };
	char error[128] = "";

	(void)context;
	if (is_root())
		NEED(sandbox_become(&user, false, error, sizeof(error)));
	NEED(!sandbox_become(&user, true, error, sizeof(error)));
	NEED(strstr(error, "capabilities"));
	return 0;
}

static void
test_without_the_capabilities_a_live_start_says_so(void **state)
{
	(void)state;
	assert_int_equal(apart(lacks_capabilities, NULL), 0);
}

static int
children_keep_nothing(void *context)
{
	const struct sandbox_user user = { 54321, 54322 };
	enum sandbox_role role = *(enum sandbox_role *)context;
	struct sandbox_plan plan = plan_of(role);
	char error[128] = "";

	plan.none = true; /* so that it can be looked at */
	NEED(sandbox_become(&user, true, error, sizeof(error)));
	NEED(entered(&plan));
	NEED(of_status("CapEff") == (role == SANDBOX_KEEPER ? 1u << 12 : 0));
	NEED(of_status("CapPrm") == of_status("CapEff"));
	NEED(socket(AF_PACKET, SOCK_RAW, 0) < 0);
	return 0;
}

static void
test_a_child_keeps_no_capability_and_the_keeper_one(void **state)
{
	(void)state;
	if (!is_root())
		skip();
	for (enum sandbox_role role = SANDBOX_ENGINE; role <= SANDBOX_KEEPER;
	     role++)
		assert_int_equal(apart(children_keep_nothing, &role), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_user_is_found_by_name_or_number),
		cmocka_unit_test(
		    test_without_a_name_it_is_the_account_or_a_number_that_owns_nothing),
		cmocka_unit_test(test_root_and_what_is_no_account_are_refused),
		cmocka_unit_test(
		    test_a_live_supervisor_keeps_two_capabilities_and_nothing_else),
		cmocka_unit_test(
		    test_an_offline_supervisor_keeps_no_capability),
		cmocka_unit_test(
		    test_a_root_with_few_capabilities_becomes_the_user_too),
		cmocka_unit_test(
		    test_a_process_that_is_no_root_keeps_what_it_has),
		cmocka_unit_test(
		    test_without_the_capabilities_a_live_start_says_so),
		cmocka_unit_test(
		    test_a_child_keeps_no_capability_and_the_keeper_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
