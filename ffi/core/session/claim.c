/*
 * One run per host at a time: whoever has bound the name has the host.
 *
 * An abstract socket, because the kernel takes it back when its owner dies,
 * however it dies, and nothing is left on a disk. The name belongs to a network
 * namespace: containers with networks of their own do not see each other.
 */
#include "session/claim.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "kit/clock.h"

#define CLAIM_NAME "fencelab-claim"

enum {
	BACKLOG = 16,
	SERVED_AT_ONCE = 16, /* of a flood of askers, so that other duties get their turn */
	ASK_MS = 1000, /* within which a holder says who it is */
	RETRY_MS = 10,
};

void claim_init(struct claim *c)
{
	c->fd = -1;
	c->owner[0] = '\0';
}

/* A leading NUL byte makes the name abstract (unix(7)). */
static socklen_t claim_address(struct sockaddr_un *address)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path + 1, CLAIM_NAME, strlen(CLAIM_NAME));
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(CLAIM_NAME));
}

static int claim_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd < 0 ? -errno : fd;
}

/* Descriptor of the listening socket, -EADDRINUSE when somebody else has it, another -errno. */
static int bind_claim(void)
{
	struct sockaddr_un address;
	socklen_t length = claim_address(&address);
	int fd = claim_socket();

	if (fd >= 0 && (bind(fd, (struct sockaddr *)&address, length) != 0 || listen(fd, BACKLOG) != 0)) {
		int ret = -errno;

		close(fd);
		return ret;
	}
	return fd;
}

/* Read what the holder says until it closes, or until `end`. */
static void read_holder(int fd, char *holder, size_t room, uint64_t end)
{
	size_t length = 0;

	while (length + 1 < room) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		uint64_t now = now_ns();

		if (now >= end || poll(&wait, 1, (int)((end - now) / NSEC_PER_MSEC) + 1) <= 0)
			break;
		ssize_t n = read(fd, holder + length, room - 1 - length);

		if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
			break;
		length += n > 0 ? (size_t)n : 0;
	}
	holder[length] = '\0';
}

/* Ask the holder for its name; false when there is none any more. */
static bool ask_holder(char *holder, size_t room, uint64_t end)
{
	struct sockaddr_un address;
	socklen_t length = claim_address(&address);
	int fd = claim_socket();

	if (fd < 0)
		return true;
	int ret = connect(fd, (struct sockaddr *)&address, length) ? -errno : 0;

	if (!ret)
		read_holder(fd, holder, room, end);
	close(fd);
	/* a full backlog says EAGAIN: somebody is there */
	return ret != -ECONNREFUSED;
}

/*
 * claim_take - claim this host for `owner`; 0, -EBUSY with the holder's text
 * (empty when it does not answer within a second), or another -errno.
 */
int claim_take(struct claim *c, const char *owner, char *holder, size_t room)
{
	uint64_t end = now_ns() + ASK_MS * NSEC_PER_MSEC;

	holder[0] = '\0';
	for (;;) {
		int fd = bind_claim();

		if (fd >= 0) {
			c->fd = fd;
			snprintf(c->owner, sizeof(c->owner), "%s", owner);
			return 0;
		}
		if (fd != -EADDRINUSE)
			return fd;
		bool held = ask_holder(holder, room, end);

		if (holder[0] || now_ns() >= end)
			return -EBUSY;
		/* it died meanwhile, has not begun to listen, or is being asked by too many */
		sleep_ns(held ? RETRY_MS * NSEC_PER_MSEC : NSEC_PER_MSEC / 10);
	}
}

/* claim_serve - tell those who wait whose the host is. Never blocks, keeps nothing of them. */
void claim_serve(const struct claim *c)
{
	for (int i = 0; i < SERVED_AT_ONCE; i++) {
		int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return;
		/* a fresh socket's buffer takes it whole */
		send(fd, c->owner, strlen(c->owner), MSG_DONTWAIT | MSG_NOSIGNAL);
		close(fd);
	}
}

void claim_release(struct claim *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}
