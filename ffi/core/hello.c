/* The first frame of a session. */
#include "hello.h"

#include <string.h>
#include <sys/utsname.h>

#include "arch.h"
#include "frame.h"
#include "json.h"

#ifndef FENCELAB_VERSION
#error "the build passes -DFENCELAB_VERSION and -DFENCELAB_BUILD"
#endif

/* hello_send - protocol, version, build, architecture and kernel of this side; 0 or -errno. */
int hello_send(int out, const char *door)
{
	struct utsname name;
	struct json j;

	memset(&name, 0, sizeof(name));
	uname(&name);
	json_init(&j);
	json_object(&j, NULL);
	json_u64(&j, "protocol", PROTOCOL_VERSION);
	json_string(&j, "version", FENCELAB_VERSION);
	json_string(&j, "build", FENCELAB_BUILD);
	json_string(&j, "arch", ARCH_NAME);
	json_string(&j, "kernel", name.release);
	json_string(&j, "door", door);
	json_object_end(&j);
	return frame_send_json(out, FRAME_HELLO, &j);
}
