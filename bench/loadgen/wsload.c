// wsload: a WebSocket load generator that costs little beside what it measures. See README.md for its modes.
#include "wsload.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

options opt = {
  .mode = "idle", .host = "127.0.0.1", .path = "/", .label = "", .post_path = "/broadcast", .close = "frame", .port = 8080,
  .connections = 1, .parallel = 256, .sources = 200, .first_source = 2, .window = 1, .size = 64, .rounds = 20, .seconds = 5, .warmup = 1,
};
volatile int stopping;

static clockid_t server_clock;

uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

// The server process's own CPU clock: exact, and it still counts threads that have ended.
double server_cpu_seconds(void) {
  struct timespec t;
  if (!opt.server_pid || clock_gettime(server_clock, &t) != 0) return 0;
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double own_cpu_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void on_signal(int number) {
  (void)number;
  stopping = 1;
}

static int number(const char *text) {
  char *end;
  long value = strtol(text, &end, 10);
  if (*end || value < 0 || value > 100000000) {
    fprintf(stderr, "not a number: %s\n", text);
    exit(2);
  }
  return (int)value;
}

static void parse(int argc, char **argv) {
  enum { MODE = 1, HOST, PORT, PATH, HEADER, SUBPROTOCOL, CONNECTIONS, PARALLEL, RATE, SOURCES, FIRST_SOURCE, WINDOW, SIZE, ROUNDS, ECHOES, SECONDS, WARMUP,
    MESSAGES, TEXT, SIGNALR, SERVER, LABEL, POST_PATH, POST_HEADER, RETURN_PORT, CLIENTS_OUT, CLOSE, UNTIL_EOF, RECEIVE_BUFFER };
  static const struct option names[] = {
    {"mode", 1, 0, MODE}, {"host", 1, 0, HOST}, {"port", 1, 0, PORT}, {"path", 1, 0, PATH}, {"header", 1, 0, HEADER}, {"subprotocol", 1, 0, SUBPROTOCOL},
    {"connections", 1, 0, CONNECTIONS}, {"parallel", 1, 0, PARALLEL}, {"rate", 1, 0, RATE}, {"sources", 1, 0, SOURCES}, {"first-source", 1, 0, FIRST_SOURCE},
    {"window", 1, 0, WINDOW}, {"size", 1, 0, SIZE}, {"rounds", 1, 0, ROUNDS}, {"echoes", 1, 0, ECHOES}, {"seconds", 1, 0, SECONDS}, {"warmup", 1, 0, WARMUP},
    {"messages-per-second", 1, 0, MESSAGES}, {"text", 0, 0, TEXT}, {"signalr", 0, 0, SIGNALR}, {"server-pid", 1, 0, SERVER}, {"label", 1, 0, LABEL},
    {"post-path", 1, 0, POST_PATH}, {"post-header", 1, 0, POST_HEADER}, {"return-port", 1, 0, RETURN_PORT}, {"clients-out", 1, 0, CLIENTS_OUT},
    {"close", 1, 0, CLOSE}, {"until-eof", 0, 0, UNTIL_EOF}, {"receive-buffer", 1, 0, RECEIVE_BUFFER}, {0, 0, 0, 0}};
  for (int o; (o = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    switch (o) {
      case MODE: opt.mode = optarg; break;
      case HOST: opt.host = optarg; break;
      case PORT: opt.port = number(optarg); break;
      case PATH: opt.path = optarg; break;
      case HEADER: if (opt.header_count < 8) opt.headers[opt.header_count++] = optarg; break;
      case SUBPROTOCOL: opt.subprotocol = optarg; break;
      case CONNECTIONS: opt.connections = number(optarg); break;
      case PARALLEL: opt.parallel = number(optarg); break;
      case RATE: opt.rate = number(optarg); break;
      case SOURCES: opt.sources = number(optarg); break;
      case FIRST_SOURCE: opt.first_source = number(optarg); break;
      case WINDOW: opt.window = number(optarg); break;
      case SIZE: opt.size = number(optarg); break;
      case ROUNDS: opt.rounds = number(optarg); break;
      case ECHOES: opt.echoes = number(optarg); break;
      case SECONDS: opt.seconds = atof(optarg); break;
      case WARMUP: opt.warmup = atof(optarg); break;
      case MESSAGES: opt.messages_per_second = atof(optarg); break;
      case TEXT: opt.text = true; break;
      case SIGNALR: opt.signalr = true; break;
      case SERVER: opt.server_pid = number(optarg); break;
      case LABEL: opt.label = optarg; break;
      case POST_PATH: opt.post_path = optarg; break;
      case POST_HEADER: if (opt.post_header_count < 8) opt.post_headers[opt.post_header_count++] = optarg; break;
      case RETURN_PORT: opt.return_port = number(optarg); break;
      case CLIENTS_OUT: opt.clients_out = optarg; break;
      case CLOSE: opt.close = optarg; break;
      case UNTIL_EOF: opt.until_eof = true; break;
      case RECEIVE_BUFFER: opt.receive_buffer = number(optarg); break;
      default: exit(2);
    }
  }
  if (!opt.return_port) opt.return_port = opt.port;
  if (opt.connections < 1 || opt.sources < 1 || opt.window < 1 || opt.parallel < 1 || (!strcmp(opt.mode, "latency") && opt.messages_per_second <= 0)) {
    fprintf(stderr, "connections, sources, window, parallel and, in latency mode, messages-per-second must be above 0\n");
    exit(2);
  }
}

int main(int argc, char **argv) {
  parse(argc, argv);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < (rlim_t)opt.connections + 16) {
    fprintf(stderr, "%d connections need more than the %lu descriptors of one process: start several\n", opt.connections, (unsigned long)files.rlim_cur);
    return 2;
  }
  if (opt.server_pid && clock_getcpuclockid(opt.server_pid, &server_clock) != 0) {
    fprintf(stderr, "no process %d\n", opt.server_pid);
    return 2;
  }
  prctl(PR_SET_TIMERSLACK, 1ul);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGTERM, on_signal);
  signal(SIGINT, on_signal);
  transport_prepare();
  return run_mode();
}
