/* The first frame of a session. */
#include "protocol/hello.h"

#include <string.h>
#include <sys/utsname.h>

#include "arch/arch.h"
#include "protocol/frame.h"

#ifndef FENCELAB_VERSION
#error "the build passes -DFENCELAB_VERSION and -DFENCELAB_BUILD"
#endif

/* hello_write - protocol, version, build, architecture and kernel of this side. */
void hello_write(struct json *j, const char *door)
{
	struct utsname name;

	memset(&name, 0, sizeof(name));
	uname(&name);
	json_init(j);
	json_object(j, NULL);
	json_u64(j, "protocol", PROTOCOL_VERSION);
	json_string(j, "version", FENCELAB_VERSION);
	json_string(j, "build", FENCELAB_BUILD);
	json_string(j, "arch", ARCH_NAME);
	json_string(j, "kernel", name.release);
	json_string(j, "door", door);
	json_object_end(j);
}
