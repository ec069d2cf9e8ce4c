// Mode idle: holds connections, answers pings, echoes on a sample when asked, and counts how the server ended them.
#include "modes.h"

#include <poll.h>
#include <unistd.h>

#define SAMPLE 20
#define SAMPLE_PATIENCE (10 * SECOND)
#define CODES 5000

static uint32_t ended_with[CODES];
static uint64_t first_close, last_close, echoes;

static void count_answer(connection *c, int messages, uint64_t now) {
  while (messages-- > 0 && c->sent_count) {
    histogram_add(&message_times, now - answered(c));
    echoes++;
  }
}

static void count_leave(connection *c, enum leave how, uint64_t now) {
  if (how != CLOSED) return;
  uint64_t at = c->closing_since ? c->closing_since : now;
  if (!first_close || at < first_close) first_close = at;
  if (at > last_close) last_close = at;
  if (c->code < CODES) ended_with[c->code]++;
}

// One message on each of a few connections, spread over all of them: do those that slept for minutes still work?
static void echo_on_sample(void) {
  uint64_t asked = 0, step = (uint64_t)(opt.connections + SAMPLE - 1) / SAMPLE;
  histogram_reset(&message_times);
  echoes = 0;
  for (uint64_t i = 0; i < (uint64_t)opt.connections; i += step) {
    if (all[i].state != OPEN) continue;
    asked++;
    queue_messages(&all[i], 1, now_ns());
  }
  for (uint64_t until = now_ns() + SAMPLE_PATIENCE; echoes < asked && now_ns() < until && !stopping;) pump(until);
  begin_line("echo");
  printf(",\"asked\":%lu,\"answered\":%lu", asked, echoes);
  print_times("latencyUs", &message_times);
  end_line();
}

// Standard input orders: 'e' = echo on a sample, its end = let go.
static bool let_go(void) {
  char order;
  struct pollfd p = {.fd = 0, .events = POLLIN};
  while (opt.until_eof && poll(&p, 1, 0) > 0) {
    if (read(0, &order, 1) <= 0) return true;
    if (order == 'e') echo_on_sample();
  }
  return false;
}

void hold(void) {
  uint64_t until = opt.seconds > 0 ? after(opt.seconds) : UINT64_MAX;
  double server = server_cpu_seconds(), own = own_cpu_seconds();
  uint64_t began = now_ns();
  on_messages = count_answer;
  on_leave = count_leave;
  // Where the server has ended every connection there is nothing left to hold.
  while (!stopping && now_ns() < until && count.open && !let_go()) pump(now_ns() + SECOND / 10);
  double seconds = (double)(now_ns() - began) / 1e9;
  begin_line("result");
  printf(",\"seconds\":%.3f,\"serverUtilisation\":%.5f,\"generatorUtilisation\":%.5f", seconds, (server_cpu_seconds() - server) / seconds,
    (own_cpu_seconds() - own) / seconds);
  printf(",\"firstCloseNs\":%lu,\"lastCloseNs\":%lu,\"codes\":{", first_close, last_close);
  bool comma = false;
  for (int code = 0; code < CODES; code++) {
    if (!ended_with[code]) continue;
    printf("%s\"%d\":%u", comma ? "," : "", code, ended_with[code]);
    comma = true;
  }
  printf("}");
  print_times("connectUs", &connect_times);
  end_line();
}
