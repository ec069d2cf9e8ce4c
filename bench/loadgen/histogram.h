// A log-linear histogram of nanoseconds: 64 steps per octave, so a reported value is at most 1.6 % below the recorded one.
#ifndef WSLOAD_HISTOGRAM_H
#define WSLOAD_HISTOGRAM_H
#include <stdint.h>
#include <string.h>

#define STEP_BITS 6
#define STEPS (64u << STEP_BITS)

typedef struct {
  uint64_t bucket[STEPS], count, max;
} histogram;

static inline void histogram_reset(histogram *h) { memset(h, 0, sizeof *h); }

static inline void histogram_add(histogram *h, uint64_t ns) {
  unsigned i = (unsigned)ns;
  if (ns >= 1u << STEP_BITS) {
    unsigned e = 63u - (unsigned)__builtin_clzll(ns);
    i = ((e - STEP_BITS + 1) << STEP_BITS) + (unsigned)((ns >> (e - STEP_BITS)) & ((1u << STEP_BITS) - 1));
  }
  h->bucket[i]++;
  h->count++;
  if (ns > h->max) h->max = ns;
}

// The value in microseconds that the share p of all recorded values does not exceed.
static inline double histogram_us(const histogram *h, double p) {
  uint64_t rank = (uint64_t)(p * (double)h->count), seen = 0;
  for (unsigned i = 0; i < STEPS; i++) {
    seen += h->bucket[i];
    if (seen <= rank) continue;
    unsigned e = i >> STEP_BITS;
    uint64_t step = i & ((1u << STEP_BITS) - 1);
    return (double)(e ? (step | 1u << STEP_BITS) << (e - 1) : step) / 1e3;
  }
  return (double)h->max / 1e3;
}
#endif
