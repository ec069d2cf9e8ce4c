// The lines on standard output: one JSON object each.
#include "modes.h"

histogram message_times;

void print_times(const char *name, const histogram *h) {
  printf(",\"%s\":{\"count\":%lu,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}", name, h->count,
    histogram_us(h, .5), histogram_us(h, .9), histogram_us(h, .99), histogram_us(h, .999), (double)h->max / 1e3);
}

void begin_line(const char *event) {
  printf("{\"mode\":\"%s\",\"event\":\"%s\",\"label\":\"%s\",\"connections\":%d", opt.mode, event, opt.label, opt.connections);
}

void end_line(void) {
  printf(",\"opened\":%lu,\"open\":%lu,\"refused\":%lu,\"failed\":%lu,\"closed\":%lu,\"lost\":%lu,\"pings\":%lu,\"messages\":%lu,\"wrongPayload\":%lu,\"wrongFrame\":%lu,\"failure\":\"%s\"}\n",
    count.opened, count.open, count.refused, count.failed, count.closed, count.lost, count.pings, count.messages,
    count.wrong_payload, count.wrong_frame, failure);
  fflush(stdout);
}
