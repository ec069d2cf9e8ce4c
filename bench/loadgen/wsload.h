// What the parts of the load generator share. One process, one thread, one epoll.
#ifndef WSLOAD_H
#define WSLOAD_H
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "histogram.h"

enum state { FREE, CONNECTING, UPGRADING, GREETING, OPEN, CLOSING };

// How a transport ended, told to the mode that runs.
enum leave { REFUSED, FAILED, CLOSED, LOST };

typedef struct connection {
  int fd;
  uint8_t state, opcode, header_size;
  bool fin, writable_wanted, close_sent, close_received, ping_seen;
  uint8_t header[14], control_in_size, control_out_size, control_out_sent;
  uint8_t control_in[125], control_out[131];  // the peer's ping or close; our answer, waiting for a frame boundary
  uint64_t frame_size, frame_left;
  uint32_t stream_at, stream_left;            // outgoing copies of the frame: where we are in the buffer, bytes still to write
  uint32_t message_at;                        // bytes of the incoming message seen so far
  uint32_t sent_head, sent_count;             // ring of times at which unanswered messages were due
  uint64_t began, closing_since;              // when the connect was due; when the close handshake began
  char *head;                                 // the answer to the upgrade, while it comes in
  uint32_t head_size;
  uint16_t code;                              // of the peer's close frame; 0 = none came
  uint64_t retry_after_ms;                    // of a refusal; 0 = not said
  // drain mode
  uint64_t closed_at, slot_ms, back_at;
  uint32_t closes, refusals;
  uint16_t ended_with;
  bool has_slot;
} connection;

typedef struct {
  const char *mode, *host, *path, *subprotocol, *label, *post_path, *clients_out, *close;
  const char *headers[8], *post_headers[8];
  int header_count, post_header_count;
  int port, return_port, connections, parallel, rate, sources, first_source, window, size, rounds, echoes, receive_buffer;
  double seconds, warmup, messages_per_second;
  bool text, signalr, until_eof;
  int server_pid;
} options;

typedef struct {
  uint64_t opened, open, connecting, closing, refused, failed, closed, lost, messages, bytes, pings, wrong_payload, wrong_frame;
} counters;

extern options opt;
extern counters count;
extern connection *all;
extern volatile int stopping;
extern histogram connect_times, message_times;
extern char failure[256];                     // the first refusal or error, for the reader of the result

// Hooks of the mode that runs; each may be null.
extern void (*on_open)(connection *);
extern void (*on_messages)(connection *, int messages, uint64_t now);
extern void (*on_leave)(connection *, enum leave, uint64_t now);

uint64_t now_ns(void);
double server_cpu_seconds(void);
double own_cpu_seconds(void);

void transport_prepare(void);
void connect_to(connection *, int port, uint64_t due);
void queue_messages(connection *, int messages, uint64_t due);
uint64_t answered(connection *);              // takes the oldest unanswered message off the ring; its due time
void begin_close(connection *);
void cut(connection *, enum leave);
void pump(uint64_t until);                    // handles events until then, returns early when something happened
void end_all(void);

int run_mode(void);
#endif
