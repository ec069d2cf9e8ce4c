// The modes that measure work: echo, open-loop latency, churn, fan-out. Holding is in hold.c, draining in drain.c.
#include "modes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static uint64_t done, measured, measure_from, measure_to, overruns;
static bool measuring;

uint64_t after(double seconds) { return now_ns() + (uint64_t)(seconds * 1e9); }

// Opens every connection: at most `parallel` handshakes at once, and `rate` per second if that is set.
static void connect_all(void) {
  uint64_t began = now_ns(), progress = began, last = 0;
  double server = server_cpu_seconds(), own = own_cpu_seconds();
  int next = 0;
  while (!stopping && (next < opt.connections || count.connecting)) {
    uint64_t now = now_ns(), due = now;
    while (next < opt.connections && count.connecting < (uint64_t)opt.parallel) {
      if (opt.rate) due = began + (uint64_t)next * SECOND / (uint64_t)opt.rate;
      if (due > now) break;
      connect_to(&all[next++], opt.port, due);
    }
    pump(next < opt.connections && due > now ? due : now + SECOND / 10);
    if (count.opened + count.failed + count.refused != last) {
      last = count.opened + count.failed + count.refused;
      progress = now_ns();
    } else if (now_ns() - progress > 60 * SECOND) {
      break;
    }
  }
  double seconds = (double)(now_ns() - began) / 1e9;
  begin_line("ready");
  printf(",\"seconds\":%.3f,\"perSecond\":%.0f,\"serverCpuUs\":%.3f,\"generatorUtilisation\":%.2f", seconds,
    (double)count.opened / seconds, count.opened ? (server_cpu_seconds() - server) * 1e6 / (double)count.opened : 0,
    (own_cpu_seconds() - own) / seconds);
  print_times("connectUs", &connect_times);
  end_line();
}

bool input_ended(void) {
  char byte;
  struct pollfd p = {.fd = 0, .events = POLLIN};
  return opt.until_eof && poll(&p, 1, 0) > 0 && read(0, &byte, 1) <= 0;
}

// Closed loop: every answer is followed by the next message, so `window` messages of each connection are always out.
static void echo_again(connection *c, int messages, uint64_t now) {
  int answers = 0;
  while (messages-- > 0 && c->sent_count) {
    uint64_t due = answered(c);
    answers++;
    done++;
    if (measuring) histogram_add(&message_times, now - due);
  }
  if (answers && !stopping) queue_messages(c, answers, now);
}

static void echo(void) {
  on_messages = echo_again;
  for (int i = 0; i < opt.connections; i++)
    if (all[i].state == OPEN) queue_messages(&all[i], opt.window, now_ns());
  for (uint64_t until = after(opt.warmup); !stopping && now_ns() < until;) pump(until);
  measuring = true;
  uint64_t began = now_ns(), before = done, until = after(opt.seconds);
  double server = server_cpu_seconds(), own = own_cpu_seconds();
  while (!stopping && now_ns() < until) pump(until);
  double seconds = (double)(now_ns() - began) / 1e9, cpu = server_cpu_seconds() - server;
  uint64_t messages = done - before;
  measuring = false;
  begin_line("result");
  printf(",\"window\":%d,\"size\":%d,\"seconds\":%.3f,\"echoes\":%lu,\"perSecond\":%.0f,\"serverCpuUs\":%.4f,\"serverUtilisation\":%.3f,\"generatorUtilisation\":%.3f",
    opt.window, opt.size, seconds, messages, (double)messages / seconds, messages ? cpu * 1e6 / (double)messages : 0, cpu / seconds,
    (own_cpu_seconds() - own) / seconds);
  print_times("latencyUs", &message_times);
  end_line();
}

// Open loop: messages are due at a fixed rate whatever the server does, and a message's time counts from when it was
// due, not from when we came to send it. So a stall is seen by every message it delayed (no coordinated omission).
static void count_answers(connection *c, int messages, uint64_t now) {
  while (messages-- > 0 && c->sent_count) {
    uint64_t due = answered(c);
    done++;
    if (due < measure_from || due >= measure_to) continue;
    measured++;
    histogram_add(&message_times, now - due);
  }
}

static void open_loop(void) {
  on_messages = count_answers;
  uint64_t began = now_ns(), sent = 0, in_window = 0;
  measure_from = began + (uint64_t)(opt.warmup * 1e9);
  measure_to = measure_from + (uint64_t)(opt.seconds * 1e9);
  double server = 0, own = 0, cpu = 0, own_cpu = 0, interval = 1e9 / opt.messages_per_second;
  int turn = 0;
  while (!stopping) {
    uint64_t now = now_ns(), due;
    if (!server && now >= measure_from) server = server_cpu_seconds(), own = own_cpu_seconds();
    while ((due = began + (uint64_t)((double)sent * interval)) <= now && due < measure_to) {
      connection *c = &all[turn];
      turn = (turn + 1) % opt.connections;
      sent++;
      if (due >= measure_from) in_window++;
      if (c->state != OPEN || c->sent_count == 4096) overruns++;
      else queue_messages(c, 1, due);
    }
    if (due >= measure_to) break;
    pump(due);
  }
  cpu = server_cpu_seconds() - server;
  own_cpu = own_cpu_seconds() - own;
  for (uint64_t until = after(5); !stopping && done < sent - overruns && now_ns() < until;) pump(after(.05));
  begin_line("result");
  printf(",\"rate\":%.0f,\"size\":%d,\"seconds\":%.3f,\"due\":%lu,\"answered\":%lu,\"unanswered\":%lu,\"notSent\":%lu,\"serverCpuUs\":%.4f,\"serverUtilisation\":%.3f,\"generatorUtilisation\":%.3f",
    opt.messages_per_second, opt.size, opt.seconds, in_window, measured, in_window - measured, overruns, in_window ? cpu * 1e6 / (double)in_window : 0,
    cpu / opt.seconds, own_cpu / opt.seconds);
  print_times("latencyUs", &message_times);
  end_line();
}

// Connect, `echoes` messages, close, again; `rate` connects a second, or as fast as `connections` slots allow.
static int *free_slots, free_count;

static void churn_step(connection *c) {
  if (c->closes++ < (uint32_t)opt.echoes) queue_messages(c, 1, now_ns());
  else if (strcmp(opt.close, "frame") == 0) begin_close(c);
  else cut(c, CLOSED);
}

static void churn_opened(connection *c) {
  c->closes = 0;
  churn_step(c);
}

static void churn_answer(connection *c, int messages, uint64_t now) {
  while (messages-- > 0 && c->sent_count) histogram_add(&message_times, now - answered(c));
  if (!c->sent_count) churn_step(c);
}

static void churn_left(connection *c, enum leave how, uint64_t now) {
  (void)how, (void)now;
  free_slots[free_count++] = (int)(c - all);
}

static void churn(void) {
  on_open = churn_opened;
  on_messages = churn_answer;
  on_leave = churn_left;
  free_slots = malloc((size_t)opt.connections * sizeof *free_slots);
  for (int i = 0; i < opt.connections; i++) free_slots[free_count++] = i;
  uint64_t began = now_ns(), until = after(opt.seconds), started = 0, late = 0;
  double server = server_cpu_seconds(), own = own_cpu_seconds();
  while (!stopping && now_ns() < until && !input_ended()) {
    uint64_t now = now_ns(), due = now;
    while (free_count && (!opt.rate || (due = began + started * SECOND / (uint64_t)opt.rate) <= now)) {
      if (now - due > SECOND / 10) late++;
      started++;
      connect_to(&all[free_slots[--free_count]], opt.port, due);
    }
    pump(opt.rate && free_count ? due : now + SECOND / 10);
  }
  double seconds = (double)(now_ns() - began) / 1e9, cpu = server_cpu_seconds() - server;
  uint64_t settled = count.closed + count.lost + count.refused + count.failed;
  begin_line("result");
  printf(",\"rate\":%d,\"seconds\":%.3f,\"started\":%lu,\"finished\":%lu,\"late\":%lu,\"perSecond\":%.0f,\"serverCpuUs\":%.3f,\"serverUtilisation\":%.3f,\"generatorUtilisation\":%.3f",
    opt.rate, seconds, started, settled, late, (double)settled / seconds, count.opened ? cpu * 1e6 / (double)count.opened : 0, cpu / seconds,
    (own_cpu_seconds() - own) / seconds);
  print_times("connectUs", &connect_times);
  print_times("latencyUs", &message_times);
  end_line();
}

// One POST to the server makes it send one message to everybody; a round is over when every connection has it.
static int post(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)opt.port)};
  inet_aton(opt.host, &to.sin_addr);
  char *body = malloc((size_t)opt.size + 1), head[4096];
  for (int i = 0; i < opt.size; i++) body[i] = (char)('a' + i % 26);
  int size = snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n", opt.post_path,
    opt.host, opt.port, opt.text || opt.signalr ? "text/plain" : "application/octet-stream", opt.size);
  for (int i = 0; i < opt.post_header_count; i++) size += snprintf(head + size, sizeof head - (size_t)size, "%s\r\n", opt.post_headers[i]);
  size += snprintf(head + size, sizeof head - (size_t)size, "\r\n");
  bool sent = connect(fd, (void *)&to, sizeof to) == 0 && send(fd, head, (size_t)size, MSG_NOSIGNAL | MSG_MORE) == size &&
              send(fd, body, (size_t)opt.size, MSG_NOSIGNAL) == opt.size;
  free(body);
  if (sent) return fd;
  close(fd);
  return -1;
}

static bool accepted(int fd) {
  char answer[13] = "";
  struct timeval patience = {5, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  bool ok = recv(fd, answer, 12, MSG_WAITALL) == 12 && answer[9] == '2';
  if (!ok) snprintf(failure, sizeof failure, "POST %s: %.12s", opt.post_path, answer);
  close(fd);
  return ok;
}

static void fanout(void) {
  int warm = opt.rounds / 4 + 1, rounds = 0;
  uint64_t frames = 0, missing = 0, extra = 0;
  double server = 0, spent = 0;
  histogram rounds_us, first_us;
  histogram_reset(&rounds_us);
  histogram_reset(&first_us);
  for (int r = 0; r < opt.rounds + warm && !stopping; r++) {
    if (r == warm) server = server_cpu_seconds();
    uint64_t before = count.messages, target = before + count.open, began = now_ns(), limit = began + 30 * SECOND, first = 0;
    int fd = post();
    if (fd < 0) break;
    while (count.messages < target && now_ns() < limit && !stopping) {
      pump(limit < now_ns() + SECOND / 10 ? limit : now_ns() + SECOND / 10);
      if (!first && count.messages > before) first = now_ns();
    }
    uint64_t ended = now_ns();
    if (!accepted(fd)) break;
    for (uint64_t until = after(.02); now_ns() < until;) pump(until);
    if (count.messages < target) missing += target - count.messages;
    if (count.messages > target) extra += count.messages - target;
    if (r < warm) continue;
    rounds++;
    frames += count.messages - before;
    spent += (double)(ended - began) / 1e9;
    histogram_add(&rounds_us, ended - began);
    histogram_add(&first_us, first - began);
  }
  double cpu = server_cpu_seconds() - server;
  begin_line("result");
  printf(",\"size\":%d,\"rounds\":%d,\"frames\":%lu,\"missing\":%lu,\"extra\":%lu,\"perSecond\":%.0f,\"serverCpuUs\":%.4f", opt.size, rounds, frames, missing,
    extra, spent > 0 ? (double)frames / spent : 0, frames ? cpu * 1e6 / (double)frames : 0);
  print_times("roundUs", &rounds_us);
  print_times("firstUs", &first_us);
  end_line();
}

int run_mode(void) {
  static const struct {
    const char *name;
    void (*run)(void);
    bool connects_itself;
  } modes[] = {{"idle", hold, false}, {"echo", echo, false}, {"latency", open_loop, false}, {"churn", churn, true}, {"fanout", fanout, false}, {"drain", drain, false}};
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    if (strcmp(modes[i].name, opt.mode) != 0) continue;
    if (!modes[i].connects_itself) connect_all();
    if (!modes[i].connects_itself && !count.open) return 1;
    modes[i].run();
    end_all();
    return 0;
  }
  fprintf(stderr, "unknown mode %s\n", opt.mode);
  return 2;
}
