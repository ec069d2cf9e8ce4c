// Mode drain: clients that wait to be closed and come back when they were told to.
#include "modes.h"

#include <stdlib.h>
#include <string.h>

// Clients that obey: on a close with retry-after-ms they come back exactly then, without one after a second.
static uint64_t next_due;
static uint64_t *due;  // beside the connections: the search for who is due reads this array alone

static void drain_left(connection *c, enum leave how, uint64_t now) {
  char text[124] = "";
  if (c->close_received && c->control_in_size > 2) memcpy(text, c->control_in + 2, c->control_in_size - 2u);
  char *slot = strstr(text, "retry-after-ms=");
  if (how == REFUSED || how == FAILED) {
    c->refusals++;
    due[c - all] = now + (how == REFUSED && c->retry_after_ms ? c->retry_after_ms * 1000000 : SECOND);
  } else {
    c->closes++;
    c->closed_at = c->closing_since ? c->closing_since : now;  // when the close frame came in
    c->has_slot = slot != NULL;
    c->slot_ms = slot ? strtoull(slot + 15, NULL, 10) : 1000;
    c->ended_with = c->close_received ? c->code : 0;
    c->back_at = 0;
    due[c - all] = c->closed_at + c->slot_ms * 1000000;
    histogram_add(&message_times, c->slot_ms * 1000000);
  }
  if (due[c - all] < next_due) next_due = due[c - all];
}

static void drain_back(connection *c) {
  c->back_at = now_ns();
  due[c - all] = 0;
}

static int by_time(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

// The most and the fewest events in any whole second between the first and the last one: how even they were.
static void print_pace(const char *name, uint64_t *times, size_t n) {
  qsort(times, n, sizeof *times, by_time);
  uint64_t span = n ? times[n - 1] - times[0] : 0, most = 0, fewest = n;
  for (size_t at = 0, second = 0; span >= SECOND && second < span / SECOND; second++) {
    uint64_t here = 0;
    while (at < n && times[at] - times[0] < (second + 1) * SECOND) at++, here++;
    if (here > most) most = here;
    if (here < fewest) fewest = here;
  }
  printf(",\"%s\":{\"count\":%zu,\"seconds\":%.3f,\"mostInASecond\":%lu,\"fewestInASecond\":%lu}", name, n, (double)span / 1e9, most, fewest);
}

void drain(void) {
  due = calloc((size_t)opt.connections, sizeof *due);
  uint64_t began = now_ns(), until = after(opt.seconds);
  on_open = drain_back;
  on_leave = drain_left;
  next_due = UINT64_MAX;
  bool all_back = false;
  while (!stopping && now_ns() < until && !all_back && !input_ended()) {
    uint64_t now = now_ns();
    if (next_due <= now) {
      next_due = UINT64_MAX;
      all_back = true;
      for (int i = 0; i < opt.connections; i++) {
        if (!due[i] || all[i].state != FREE) continue;
        if (due[i] <= now) connect_to(&all[i], opt.return_port, due[i]);
        else if (due[i] < next_due) next_due = due[i];
      }
    }
    pump(next_due < now + SECOND / 10 ? next_due : now + SECOND / 10);
    all_back = true;
    for (int i = 0; i < opt.connections && all_back; i++) all_back = all[i].closes && all[i].back_at;
  }

  FILE *out = opt.clients_out ? fopen(opt.clients_out, "w") : NULL;
  uint64_t *closes = malloc((size_t)opt.connections * 8), *returns = malloc((size_t)opt.connections * 8);
  size_t closed = 0, returned = 0, frames = 0, slots = 0;
  histogram gap_off;
  histogram_reset(&gap_off);
  for (int i = 0; i < opt.connections; i++) {
    connection *c = &all[i];
    if (!c->closes) continue;
    closes[closed++] = c->closed_at;
    frames += c->ended_with != 0;
    slots += c->has_slot;
    uint64_t gap = c->back_at ? c->back_at - c->closed_at : 0, slot = c->slot_ms * 1000000;
    if (c->back_at) {
      returns[returned++] = c->back_at;
      if (!c->refusals) histogram_add(&gap_off, gap > slot ? gap - slot : 0);
    }
    if (out)
      fprintf(out, "{\"client\":%d,\"code\":%u,\"closedMs\":%.1f,\"slotMs\":%lu,\"gapMs\":%.1f,\"closes\":%u,\"refusals\":%u}\n", i, c->ended_with,
        (double)(c->closed_at - began) / 1e6, c->slot_ms, (double)gap / 1e6, c->closes, c->refusals);
  }
  if (out) fclose(out);
  begin_line("result");
  printf(",\"beganNs\":%lu", began);
  printf(",\"withCloseFrame\":%zu,\"withSlot\":%zu", frames, slots);
  print_pace("closes", closes, closed);
  print_pace("returns", returns, returned);
  print_times("slotUs", &message_times);
  print_times("beyondSlotUs", &gap_off);
  end_line();
}
