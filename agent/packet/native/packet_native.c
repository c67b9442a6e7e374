/* Kernel stamps on descriptors that raw-socket owns: find one, turn stamps on, receive with them what arrived, and what
 * has left. No descriptor for the programs that the agent starts. And whether the clock is right, as the kernel was told. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <node_api.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

/* Headers may be older than the kernel. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

/* What receive() writes beside the bytes; index.d.ts names the same offsets. */
struct arrival {
  double realtime_us; /* when it arrived or left, CLOCK_REALTIME; 0 where the kernel gave none */
  int32_t hop_limit;  /* IPv6 only (IPV6_RECVHOPLIMIT); -1 where it gave none */
  int32_t length;     /* of the datagram */
  uint8_t source[16]; /* 4 or 16 bytes */
};

enum { MOST_PLACES = 32 };

static napi_value fail(napi_env env, const char *what) {
  napi_throw_error(env, NULL, what);
  return NULL;
}

static double micros(struct timespec t) { return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3; }

static napi_value number(napi_env env, double value) {
  napi_value result;
  napi_create_double(env, value, &result);
  return result;
}

/* Reads up to three arguments; false where the call is not of that shape. */
static int arguments(napi_env env, napi_callback_info info, size_t wanted, napi_value *argv) {
  size_t count = wanted;
  return napi_get_cb_info(env, info, &count, argv, NULL, NULL) == napi_ok && count == wanted;
}

/* SO_COOKIE names a socket for life, a descriptor's number does not (socket(7), facts of the kernel's sock_diag). What is
 * found is closed to the programs that the process starts: raw-socket leaves it open to them. */
static napi_value find_descriptor(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  uint64_t wanted;
  void *data;
  size_t length;
  if (!arguments(env, info, 1, argv) || napi_get_buffer_info(env, argv[0], &data, &length) != napi_ok ||
      length != sizeof wanted)
    return fail(env, "findDescriptor: an 8-byte cookie is needed");
  memcpy(&wanted, data, sizeof wanted);
  DIR *directory = opendir("/proc/self/fd");
  if (!directory) return fail(env, strerror(errno));
  int found = -1;
  for (struct dirent *entry; found < 0 && (entry = readdir(directory));) {
    uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
    int descriptor = atoi(entry->d_name);
    if (entry->d_name[0] != '.' && !getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &size) &&
        cookie == wanted)
      found = descriptor;
  }
  closedir(directory);
  if (found >= 0 && fcntl(found, F_SETFD, FD_CLOEXEC)) return fail(env, strerror(errno));
  return number(env, found);
}

static napi_value enable_stamps(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  int32_t descriptor;
  int on = 1;
  if (!arguments(env, info, 1, argv) || napi_get_value_int32(env, argv[0], &descriptor) != napi_ok)
    return fail(env, "enableStamps: a descriptor is needed");
  if (setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on)) return fail(env, strerror(errno));
  /* EINVAL on an IPv4 socket is no fault: it has no such option. */
  setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof on);
  return NULL;
}

/* A copy of each packet comes to the error queue once the driver has it: after ARP, after the queueing (timestamping.rst). */
static napi_value enable_send_stamps(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  int32_t descriptor;
  int flags = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  if (!arguments(env, info, 1, argv) || napi_get_value_int32(env, argv[0], &descriptor) != napi_ok)
    return fail(env, "enableSendStamps: a descriptor is needed");
  if (setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags))
    return fail(env, strerror(errno));
  return NULL;
}

/* What came beside one datagram, and from whom. */
static struct arrival arrival_of(struct mmsghdr *received) {
  struct msghdr *message = &received->msg_hdr;
  struct arrival arrival = {.hop_limit = -1, .length = (int32_t)received->msg_len};
  for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
    if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec stamp;
      memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
      arrival.realtime_us = micros(stamp);
    } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPING) {
      struct scm_timestamping stamps;
      memcpy(&stamps, CMSG_DATA(c), sizeof stamps);
      arrival.realtime_us = micros(stamps.ts[0]);
    } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT) {
      int limit;
      memcpy(&limit, CMSG_DATA(c), sizeof limit);
      arrival.hop_limit = limit;
    }
  }
  struct sockaddr_storage *from = message->msg_name;
  if (from->ss_family == AF_INET) memcpy(arrival.source, &((struct sockaddr_in *)from)->sin_addr, 4);
  if (from->ss_family == AF_INET6) memcpy(arrival.source, &((struct sockaddr_in6 *)from)->sin6_addr, 16);
  return arrival;
}

/* As many datagrams in one call as there are, up to the places in `into`, which is cut evenly. */
static napi_value take(napi_env env, napi_callback_info info, int flags) {
  napi_value argv[3];
  int32_t descriptor;
  void *data, *beside;
  size_t length, beside_length;
  if (!arguments(env, info, 3, argv) || napi_get_value_int32(env, argv[0], &descriptor) != napi_ok ||
      napi_get_buffer_info(env, argv[1], &data, &length) != napi_ok ||
      napi_get_buffer_info(env, argv[2], &beside, &beside_length) != napi_ok ||
      beside_length < sizeof(struct arrival))
    return fail(env, "receive: a descriptor, a buffer and 32 bytes for each datagram are needed");
  size_t places = beside_length / sizeof(struct arrival);
  if (places > MOST_PLACES) places = MOST_PLACES;
  size_t place_bytes = length / places;

  struct mmsghdr messages[MOST_PLACES] = {0};
  struct iovec vectors[MOST_PLACES];
  struct sockaddr_storage sources[MOST_PLACES];
  union {
    char bytes[256];
    struct cmsghdr align;
  } controls[MOST_PLACES];
  for (size_t i = 0; i < places; i++) {
    vectors[i] = (struct iovec){.iov_base = (char *)data + i * place_bytes, .iov_len = place_bytes};
    sources[i].ss_family = AF_UNSPEC;
    messages[i].msg_hdr = (struct msghdr){.msg_name = &sources[i],
                                          .msg_namelen = sizeof sources[i],
                                          .msg_iov = &vectors[i],
                                          .msg_iovlen = 1,
                                          .msg_control = controls[i].bytes,
                                          .msg_controllen = sizeof controls[i].bytes};
  }
  int received;
  do received = recvmmsg(descriptor, messages, places, flags | MSG_DONTWAIT, NULL);
  while (received < 0 && errno == EINTR);
  if (received < 0) return errno == EAGAIN ? number(env, 0) : fail(env, strerror(errno));

  for (int i = 0; i < received; i++) {
    struct arrival arrival = arrival_of(&messages[i]);
    memcpy((char *)beside + (size_t)i * sizeof arrival, &arrival, sizeof arrival);
  }
  return number(env, received);
}

static napi_value receive(napi_env env, napi_callback_info info) { return take(env, info, 0); }

static napi_value receive_sent(napi_env env, napi_callback_info info) {
  return take(env, info, MSG_ERRQUEUE);
}

/* Since Linux 5.11 in one call (close_range(2)); an older kernel, or a filter of system calls, refuses that. */
static int mark_all(void) {
  if (!syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC)) return 0;
  DIR *directory = opendir("/proc/self/fd");
  if (!directory) return -1;
  for (struct dirent *entry; (entry = readdir(directory));) {
    int descriptor = atoi(entry->d_name);
    if (descriptor > 2) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  }
  return closedir(directory);
}

static napi_value close_on_exec(napi_env env, napi_callback_info info) {
  (void)info;
  return mark_all() ? fail(env, strerror(errno)) : NULL;
}

static napi_value realtime_us(napi_env env, napi_callback_info info) {
  (void)info;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return number(env, micros(now));
}

/* Whoever steers the clock (timesyncd, chronyd, ntpd) clears STA_UNSYNC (adjtimex(2)); asked so it changes nothing. */
static napi_value is_clock_synchronised(napi_env env, napi_callback_info info) {
  (void)info;
  struct timex state = {.modes = 0};
  if (adjtimex(&state) < 0) return fail(env, strerror(errno));
  napi_value result;
  napi_get_boolean(env, !(state.status & STA_UNSYNC), &result);
  return result;
}

NAPI_MODULE_INIT() {
  const struct {
    const char *name;
    napi_callback call;
  } functions[] = {{"findDescriptor", find_descriptor},
                   {"closeOnExec", close_on_exec},
                   {"enableStamps", enable_stamps},
                   {"enableSendStamps", enable_send_stamps},
                   {"receive", receive},
                   {"receiveSent", receive_sent},
                   {"realtimeUs", realtime_us},
                   {"isClockSynchronised", is_clock_synchronised}};
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value function;
    if (napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, NULL, &function) !=
            napi_ok ||
        napi_set_named_property(env, exports, functions[i].name, function) != napi_ok)
      return NULL;
  }
  return exports;
}
