// Connections: TCP, upgrade, frames, close handshake. Knows nothing of what is measured.
#include "wsload.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif
#define HEAD_MAX 4096
#define CLOSE_PATIENCE_NS 5000000000ull
#define STREAM_BYTES 65536

// The key is the RFC's example, so the right answer is known and can be checked without a SHA-1 here.
static const char upgrade_key[] = "dGhlIHNhbXBsZSBub25jZQ==";
static const char upgrade_answer[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
static const char signalr_hello[] = "{\"protocol\":\"json\",\"version\":1}\x1e";

counters count;
connection *all;
histogram connect_times;
char failure[256];
void (*on_open)(connection *);
void (*on_messages)(connection *, int, uint64_t);
void (*on_leave)(connection *, enum leave, uint64_t);

static int poll_fd, request_size;
static char request[4096];
static uint8_t *stream;              // many copies of one message frame, each under its own mask
static uint32_t stream_size, frame_size, ring_size;
static uint64_t *ring;
static char *payload;
static uint32_t payload_size;
static uint8_t hello[160];
static uint32_t hello_size, next_source;
static uint8_t input[1 << 18];
static uint64_t random_state = 0x9e3779b97f4a7c15ull, next_sweep;

static uint32_t random_mask(void) {  // xorshift; never zero, because some servers skip the work for a zero mask
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint32_t)random_state | 0x01010101u;
}

static uint32_t make_frame(uint8_t *out, uint8_t opcode, const void *body, uint32_t size) {
  uint32_t at = 0, mask = random_mask();
  out[at++] = 0x80 | opcode;
  if (size < 126) {
    out[at++] = (uint8_t)(0x80 | size);
  } else if (size < 65536) {
    out[at++] = 0x80 | 126;
    out[at++] = (uint8_t)(size >> 8);
    out[at++] = (uint8_t)size;
  } else {
    out[at++] = 0x80 | 127;
    for (int shift = 56; shift >= 0; shift -= 8) out[at++] = (uint8_t)((uint64_t)size >> shift);
  }
  memcpy(out + at, &mask, 4);
  const uint8_t *key = out + at;
  at += 4;
  for (uint32_t i = 0; i < size; i++) out[at + i] = ((const uint8_t *)body)[i] ^ key[i & 3];
  return at + size;
}

static void note(const char *what) {
  if (failure[0]) return;
  for (size_t i = 0; what[i] && i + 1 < sizeof failure; i++)
    failure[i] = what[i] < ' ' || what[i] == '"' || what[i] == '\\' || what[i] > '~' ? ' ' : what[i];
}

static void prepare_payload(void) {
  char *filler = malloc((size_t)opt.size + 1);
  for (int i = 0; i < opt.size; i++) filler[i] = (char)('a' + i % 26);
  filler[opt.size] = 0;
  payload = malloc((size_t)opt.size + 128);
  if (opt.signalr)
    payload_size = (uint32_t)sprintf(payload, "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Echo\",\"arguments\":[\"%s\"]}\x1e", filler);
  else
    payload_size = (uint32_t)sprintf(payload, "%s", filler);
  free(filler);
}

void transport_prepare(void) {
  random_state ^= now_ns();
  poll_fd = epoll_create1(EPOLL_CLOEXEC);
  all = calloc((size_t)opt.connections, sizeof *all);
  for (int i = 0; i < opt.connections; i++) all[i].fd = -1;
  ring_size = (uint32_t)opt.window;
  if (opt.messages_per_second > 0) ring_size = 4096;
  ring = calloc((size_t)opt.connections * ring_size, sizeof *ring);
  prepare_payload();
  uint32_t copies = STREAM_BYTES / (payload_size + 8) + 2;
  stream = malloc((size_t)copies * (payload_size + 14));
  for (uint32_t i = 0; i < copies; i++)
    stream_size += frame_size = make_frame(stream + stream_size, opt.text || opt.signalr ? 1 : 2, payload, payload_size);
  if (opt.signalr) hello_size = make_frame(hello, 1, signalr_hello, sizeof signalr_hello - 1);

  request_size = snprintf(request, sizeof request,
    "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n",
    opt.path, opt.host, opt.port, upgrade_key);
  if (opt.subprotocol)
    request_size += snprintf(request + request_size, sizeof request - (size_t)request_size, "Sec-WebSocket-Protocol: %s\r\n", opt.subprotocol);
  for (int i = 0; i < opt.header_count; i++)
    request_size += snprintf(request + request_size, sizeof request - (size_t)request_size, "%s\r\n", opt.headers[i]);
  request_size += snprintf(request + request_size, sizeof request - (size_t)request_size, "\r\n");
}

static void want_writable(connection *c, bool wanted) {
  if (c->writable_wanted == wanted) return;
  c->writable_wanted = wanted;
  struct epoll_event e = {.events = EPOLLIN | (wanted ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &e);
}

void cut(connection *c, enum leave how) {
  if (c->state == FREE) return;
  if (c->state < OPEN) count.connecting--;
  else count.open--;
  if (c->state == CLOSING) count.closing--;
  if (how == REFUSED) count.refused++;
  if (how == FAILED) count.failed++;
  if (how == CLOSED) count.closed++;
  if (how == LOST) count.lost++;
  if (how != CLOSED || (!c->close_received && strcmp(opt.close, "reset") == 0)) {  // RST: nothing to wait for, no TIME_WAIT left behind
    struct linger reset = {1, 0};
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  close(c->fd);
  free(c->head);
  c->head = NULL;
  c->fd = -1;
  c->state = FREE;
  if (on_leave) on_leave(c, how, now_ns());
}

static void send_request(connection *c) {
  if (send(c->fd, request, (size_t)request_size, MSG_NOSIGNAL) != request_size) {
    cut(c, FAILED);
    return;
  }
  c->head = malloc(HEAD_MAX + 1);
  c->head_size = 0;
  c->state = UPGRADING;
}

void connect_to(connection *c, int port, uint64_t due) {
  int one = 1;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    perror("socket");
    stopping = 1;
    return;
  }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (opt.receive_buffer) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &opt.receive_buffer, sizeof opt.receive_buffer);
  uint32_t last = (uint32_t)opt.first_source + next_source++ % (uint32_t)opt.sources;
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000000u + last)};
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  inet_aton(opt.host, &to.sin_addr);
  if (bind(fd, (void *)&from, sizeof from) < 0) perror("bind");

  c->fd = fd;
  c->state = CONNECTING;
  c->fin = c->close_sent = c->close_received = c->ping_seen = false;
  c->header_size = c->control_in_size = c->control_out_size = c->control_out_sent = 0;
  c->frame_size = c->frame_left = c->stream_left = c->message_at = c->sent_head = c->sent_count = 0;
  c->stream_at = (uint32_t)(c - all) % (stream_size / frame_size) * frame_size;
  c->began = due;
  c->closing_since = 0;
  c->code = 0;
  count.connecting++;
  int r = connect(fd, (void *)&to, sizeof to);
  if (r < 0 && errno != EINPROGRESS) {
    note(strerror(errno));
    cut(c, FAILED);
    return;
  }
  c->writable_wanted = r < 0;
  struct epoll_event e = {.events = EPOLLIN | (r < 0 ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &e);
  if (r == 0) send_request(c);
}

// Writes what is queued. An answer to a ping or close goes out at the next frame boundary, before further messages.
static void flush(connection *c) {
  for (;;) {
    const uint8_t *from;
    uint32_t size;
    bool control = c->control_out_size && (c->control_out_sent || c->stream_at % frame_size == 0);
    if (control) {
      from = c->control_out + c->control_out_sent;
      size = (uint32_t)(c->control_out_size - c->control_out_sent);
    } else if (c->stream_left) {
      uint32_t to_wrap = stream_size - c->stream_at, to_boundary = frame_size - c->stream_at % frame_size;
      from = stream + c->stream_at;
      size = c->stream_left < to_wrap ? c->stream_left : to_wrap;
      if (c->control_out_size && size > to_boundary) size = to_boundary;
    } else {
      break;
    }
    ssize_t sent = send(c->fd, from, size, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
      cut(c, c->close_received ? CLOSED : LOST);
      return;
    }
    if (sent < 0) sent = 0;
    if (control) {
      c->control_out_sent += (uint8_t)sent;
      if (c->control_out_sent == c->control_out_size) c->control_out_size = c->control_out_sent = 0;
    } else {
      c->stream_at = (c->stream_at + (uint32_t)sent) % stream_size;
      c->stream_left -= (uint32_t)sent;
    }
    if ((uint32_t)sent < size) {
      want_writable(c, true);
      return;
    }
  }
  want_writable(c, false);
}

void queue_messages(connection *c, int messages, uint64_t due) {
  uint64_t *mine = ring + (uint64_t)(c - all) * ring_size;
  for (int i = 0; i < messages; i++) mine[(c->sent_head + c->sent_count++) % ring_size] = due;
  c->stream_left += frame_size * (uint32_t)messages;
  flush(c);
}

uint64_t answered(connection *c) {
  uint64_t due = ring[(uint64_t)(c - all) * ring_size + c->sent_head];
  c->sent_head = (c->sent_head + 1) % ring_size;
  c->sent_count--;
  return due;
}

static void queue_control(connection *c, uint8_t opcode, const void *body, uint32_t size) {
  if (c->control_out_sent) return;  // half of another answer is out; a later ping is answered again
  c->control_out_size = (uint8_t)make_frame(c->control_out, opcode, body, size);
  flush(c);
}

static void send_close(connection *c, const void *body, uint32_t size) {
  c->close_sent = true;
  c->stream_left = (frame_size - c->stream_at % frame_size) % frame_size;  // finish the frame, drop the rest
  queue_control(c, 8, body, size);
}

static void enter_closing(connection *c) {
  c->state = CLOSING;
  c->closing_since = now_ns();
  count.closing++;
}

void begin_close(connection *c) {
  static const uint8_t normal[] = {1000 >> 8, 1000 & 255};
  if (c->state != OPEN) return;
  enter_closing(c);
  send_close(c, normal, sizeof normal);
}

static void closed_by_peer(connection *c) {
  bool first = !c->close_received;
  c->close_received = true;
  if (first && c->control_in_size >= 2) c->code = (uint16_t)(c->control_in[0] << 8 | c->control_in[1]);
  if (c->state == OPEN) enter_closing(c);
  // The server closes TCP first (RFC 6455 section 7.1.1); the end of stream finishes this connection.
  if (!c->close_sent) send_close(c, c->control_in, c->control_in_size >= 2 ? 2 : 0);
}

static void opened(connection *c) {
  c->state = OPEN;
  count.connecting--;
  count.open++;
  count.opened++;
  histogram_add(&connect_times, now_ns() - c->began);
  if (on_open) on_open(c);
}

// SignalR's JSON protocol: messages end in 0x1e, several may share a frame; type 6 is a ping.
static int signalr_messages(connection *c, const uint8_t *at, size_t size) {
  int messages = 0;
  for (size_t i = 0; i < size; i++) {
    if (c->message_at++ == 8) c->ping_seen = at[i] == '6';
    if (at[i] != 0x1e) continue;
    if (!c->ping_seen) messages++;
    c->message_at = 0;
    c->ping_seen = false;
  }
  return messages;
}

static int data(connection *c, const uint8_t *at, size_t size) {
  count.bytes += size;
  if (opt.signalr) return signalr_messages(c, at, size);
  if (c->message_at + size > payload_size || memcmp(at, payload + c->message_at, size) != 0) {
    if (c->state == OPEN) count.wrong_payload++;
  }
  c->message_at += (uint32_t)size;
  if (c->frame_left > size || !c->fin) return 0;
  c->message_at = 0;
  return 1;
}

static int take_payload(connection *c, const uint8_t *at, size_t size) {
  int messages = 0;
  if (c->opcode >= 8) {
    if (c->frame_size > 125) {
      count.wrong_frame++;
      cut(c, LOST);
      return 0;
    }
    memcpy(c->control_in + (c->frame_size - c->frame_left), at, size);
    c->control_in_size = (uint8_t)c->frame_size;
  } else {
    messages = data(c, at, size);
  }
  c->frame_left -= size;
  if (c->frame_left) return messages;
  c->header_size = 0;
  if (c->opcode == 9) {
    count.pings++;
    if (!c->close_sent) queue_control(c, 10, c->control_in, c->control_in_size);
  } else if (c->opcode == 8) {
    closed_by_peer(c);
  }
  if (c->opcode < 3 && c->state == GREETING && messages) {
    messages = 0;
    opened(c);
  }
  return messages;
}

static int header_length(const connection *c) {
  if (c->header_size < 2) return 2;
  int length = c->header[1] & 127;
  return length == 126 ? 4 : length == 127 ? 10 : 2;
}

static void begin_frame(connection *c) {
  uint64_t length = c->header[1] & 127;
  if (length >= 126) {
    int bytes = length == 126 ? 2 : 8;
    length = 0;
    for (int i = 0; i < bytes; i++) length = length << 8 | c->header[2 + i];
  }
  c->opcode = c->header[0] & 15;
  if (c->opcode < 8) c->fin = c->header[0] & 0x80;
  if ((c->header[1] & 0x80) || (c->header[0] & 0x70)) count.wrong_frame++;  // a server never masks, and we accept no extension
  c->frame_size = c->frame_left = length;
  c->control_in_size = 0;
}

static int frames(connection *c, const uint8_t *at, size_t size) {
  int messages = 0;
  const uint8_t *end = at + size;
  while (at < end && c->state >= GREETING) {
    if (c->header_size < header_length(c)) {
      c->header[c->header_size++] = *at++;
      if (c->header_size < header_length(c)) continue;
      begin_frame(c);
      if (c->frame_left) continue;  // an empty frame is complete with its header
    }
    size_t here = (size_t)(end - at);
    if (here > c->frame_left) here = (size_t)c->frame_left;
    messages += take_payload(c, at, here);
    at += here;
  }
  return messages;
}

// The bytes after the answer's head, or null while it is incomplete or when the server refused.
static const uint8_t *upgrade(connection *c, const uint8_t *at, size_t *size) {
  size_t room = HEAD_MAX - c->head_size, take = *size < room ? *size : room, before = c->head_size;
  memcpy(c->head + before, at, take);
  c->head_size += (uint32_t)take;
  c->head[c->head_size] = 0;
  char *end = strstr(c->head, "\r\n\r\n");
  if (!end) {
    if (c->head_size == HEAD_MAX) cut(c, FAILED);
    return NULL;
  }
  if (strncmp(c->head, "HTTP/1.1 101", 12) != 0) {
    note(c->head);
    char *retry = strcasestr(c->head, "\r\nRetry-After:");
    c->retry_after_ms = retry ? strtoull(retry + 14, NULL, 10) * 1000 : 0;
    cut(c, REFUSED);
    return NULL;
  }
  char *accept = strcasestr(c->head, "\r\nSec-WebSocket-Accept:");
  if (!accept || !strstr(accept, upgrade_answer)) {
    note("wrong Sec-WebSocket-Accept");
    cut(c, FAILED);
    return NULL;
  }
  size_t used = (size_t)(end + 4 - c->head) - before;
  free(c->head);
  c->head = NULL;
  *size -= used;
  if (opt.signalr) {
    c->state = GREETING;
    if (send(c->fd, hello, hello_size, MSG_NOSIGNAL) != (ssize_t)hello_size) {
      cut(c, FAILED);
      return NULL;
    }
  } else {
    opened(c);
  }
  return at + used;
}

static void readable(connection *c) {
  ssize_t got = recv(c->fd, input, sizeof input, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) {
    if (c->state < OPEN) note(got ? strerror(errno) : "end of stream during the upgrade");
    cut(c, c->state < OPEN ? FAILED : c->close_received ? CLOSED : LOST);
    return;
  }
  uint64_t now = now_ns();
  const uint8_t *at = input;
  size_t size = (size_t)got;
  if (c->state == UPGRADING) at = upgrade(c, at, &size);
  if (!at || c->state == FREE) return;
  int messages = frames(c, at, size);
  count.messages += (uint64_t)messages;
  if (messages && c->state == OPEN && on_messages) on_messages(c, messages, now);
}

static void handle(connection *c, uint32_t events) {
  if (c->state == CONNECTING) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
      note(strerror(error));
      cut(c, FAILED);
    } else if (events & EPOLLOUT) {
      want_writable(c, false);
      send_request(c);
    }
    return;
  }
  if (c->state != FREE && (events & EPOLLOUT)) flush(c);
  if (c->state != FREE && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) readable(c);
}

static void sweep(uint64_t now) {  // peers that never finish the close handshake
  if (!count.closing || now < next_sweep) return;
  next_sweep = now + 250000000ull;
  for (int i = 0; i < opt.connections; i++)
    if (all[i].state == CLOSING && now - all[i].closing_since > CLOSE_PATIENCE_NS) cut(&all[i], all[i].close_received ? CLOSED : LOST);
}

void pump(uint64_t until) {
  static struct epoll_event events[1024];
  uint64_t now = now_ns();
  sweep(now);
  uint64_t wait = until > now ? until - now : 0;
  struct timespec limit = {(time_t)(wait / 1000000000ull), (long)(wait % 1000000000ull)};
  int n = epoll_pwait2(poll_fd, events, 1024, &limit, NULL);
  for (int i = 0; i < n; i++) handle(events[i].data.ptr, events[i].events);
}

void end_all(void) {
  on_open = NULL;
  on_messages = NULL;
  on_leave = NULL;
  bool polite = strcmp(opt.close, "frame") == 0;
  for (int i = 0; i < opt.connections; i++) {
    if (all[i].state == OPEN && polite) begin_close(&all[i]);
    else if (all[i].state != FREE && all[i].state != CLOSING) cut(&all[i], all[i].state == OPEN ? CLOSED : FAILED);
  }
  uint64_t limit = now_ns() + CLOSE_PATIENCE_NS;
  while (count.open && now_ns() < limit) pump(now_ns() + 100000000ull);
}
