// What the modes share beside the transport: their lines of output, their clock, their standard input.
#ifndef WSLOAD_MODES_H
#define WSLOAD_MODES_H
#include "wsload.h"

#define SECOND 1000000000ull

uint64_t after(double seconds);
bool input_ended(void);

void begin_line(const char *event);
void end_line(void);
void print_times(const char *name, const histogram *);

void hold(void);
void drain(void);
#endif
