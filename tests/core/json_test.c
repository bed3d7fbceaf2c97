/* JSON: structure, escapes, invalid UTF-8. */
#include "check.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "protocol/frame.h"
#include "protocol/json.h"

static void test_structure(void)
{
	struct json j, inner;

	json_init(&j);
	json_init(&inner);
	json_object(&inner, NULL);
	json_u64(&inner, "n", UINT64_MAX);
	json_object_end(&inner);
	json_object(&j, NULL);
	json_array(&j, "a");
	json_i64(&j, NULL, -1);
	json_object(&j, NULL);
	json_object_end(&j);
	json_array_end(&j);
	json_double(&j, "nan", NAN);
	json_bool(&j, "b", true);
	json_errno(&j, "e", -EPERM);
	json_errno(&j, "none", 0);
	json_string(&j, "null", NULL);
	json_raw(&j, "raw", &inner);
	json_object_end(&j);
	CHECK(strcmp(j.text, "{\"a\":[-1,{}],\"nan\":null,\"b\":true,\"e\":\"EPERM\",\"none\":null,"
			     "\"null\":null,\"raw\":{\"n\":18446744073709551615}}") == 0);
	json_free(&j);
}

static void check_string(const char *bytes, size_t length, const char *expected)
{
	struct json j;

	json_init(&j);
	json_bytes(&j, NULL, bytes, length);
	CHECK(strcmp(j.text, expected) == 0);
	json_free(&j);
}

static void test_strings(void)
{
	check_string("a\"\\\n\x1b", 5, "\"a\\u0022\\u005c\\u000a\\u001b\"");
	check_string("\0", 1, "\"\\u0000\"");
	check_string("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80", 15,
		     "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80\"");
	check_string("\xff\xc3", 2, "\"\\ufffd\\ufffd\""); /* no start byte; cut off */
	check_string("\xc0\xaf", 2, "\"\\ufffd\\ufffd\""); /* overlong '/' */
	check_string("\xed\xa0\x80", 3, "\"\\ufffd\\ufffd\\ufffd\""); /* surrogate */
	check_string("\xf4\x90\x80\x80", 4, "\"\\ufffd\\ufffd\\ufffd\\ufffd\""); /* beyond U+10FFFF */
}

static void test_numbers_on_the_wire(void)
{
	unsigned char bytes[8];

	frame_put_u64(bytes, 0x0102030405060708ull);
	CHECK(bytes[0] == 8 && bytes[7] == 1);
	CHECK(frame_get_u32(bytes) == 0x05060708u);
}

void test_json(void)
{
	test_structure();
	test_strings();
	test_numbers_on_the_wire();
}
