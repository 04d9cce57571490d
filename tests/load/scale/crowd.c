/* A crowd of Socket.IO clients in one thread: what `make bench` measures servers with.
 *
 *     crowd PORT FILE        one line of FILE for each client: what it shows when it connects, as JSON
 *
 * Only 127.0.0.1 is ever called, by WebSocket, in the namespace /live. Clients come from several source addresses, so
 * that there are ports enough. It reads orders from its standard input, one a line, and answers each with one line
 * of JSON; times are seconds there and milliseconds in what is measured (`_ms`), and each answer tells what it cost us.
 *
 *     join FROM TO MOST LIMIT_S      clients FROM up to TO connect, at most MOST of them at the same time
 *     leave FROM TO                  they close their lines
 *     fan HOST TIMES GAP_MS LIMIT_S  HOST gives the command, all hear the event, then the next one
 *     flow HOST HZ SECONDS LIMIT_S   the same at a fixed rate, whether or not all have heard the last one
 *     ask FROM TO HZ                 begin: these clients ask for the time, in turn, whatever else goes on
 *     asked LIMIT_S                  end, and tell how long the answers took
 *     look                           how many are inside, and how long the messages are that they got
 *
 * A client is inside when it is connected and has got its `welcome`. How long an answer took counts from the moment for which the
 * question was planned, so a server that makes everybody wait is charged for all who would have asked meanwhile.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MAX 30000
#define ADDRESSES 8
#define PORTION 32 /* lines opened or closed before anybody else is heard */
#define BUFFER (1 << 20)
#define EVENTS 256
#define BETWEEN 16 /* events that are heard before it is looked again who asks, and who was answered */
#define AHEAD_MAX 64
#define IN_S (uint32_t)EPOLLIN
#define COMMANDS_FROM 1000000000u /* the numbers of commands; those of questions are smaller */

enum state { OUT, CALLING, SHAKING, OPENING, ENTERING, INSIDE };

struct client {
    int fd;
    enum state state;
    const char *auth;
    double began;
    uint32_t heard; /* events since the job began */
    char met;       /* that it is connected (1), its welcome (2): servers send them in either order */
    char *rest;     /* a frame that has not come to its end */
    size_t rest_size;
};

struct numbers {
    double *of;
    size_t count, room;
};

static struct client *clients;
static int client_count, inside, lost, port, poll_fd, ahead_fd, timer_fd;
static uint64_t frames, bytes, strays, refused;
static size_t welcome_size, event_size; /* of the last of each */
static char *buffer;
static double now_s;
static uint32_t seed = 2463534242u;

/* --- the job in hand, and the questions beside it --- */

static struct {
    enum { NOTHING, JOIN, LEAVE, FAN, FLOW, ASKED } kind;
    double began, limit, spent;
    uint64_t frames, bytes;
    int from, to, next, most, busy, done, failed;
    double last;
    struct numbers waits;
    /* of events */
    int host, times;
    uint32_t sent;
    double gap, due, *sent_at;
    uint64_t wanted, got;
    struct numbers firsts, medians, lasts;
    int missed;
} job;

static struct {
    int on, from, to, turn, ahead; /* ahead: the askers are few, and heard before all others */
    double gap, due;
    struct numbers planned, waits, late;
    uint64_t answered, bad, skipped;
} asking;

static double clock_s(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static double spent_s(void) {
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static uint32_t chance(void) {
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

static void fail(const char *what) {
    fprintf(stderr, "crowd: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *need(void *memory) {
    if (!memory) fail("memory");
    return memory;
}

static void push(struct numbers *list, double value) {
    if (list->count == list->room) {
        list->room = list->room ? list->room * 2 : 1024;
        list->of = need(realloc(list->of, list->room * sizeof *list->of));
    }
    list->of[list->count++] = value;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const struct numbers *sorted, double share) {
    if (!sorted->count) return NAN;
    return sorted->of[(size_t)((double)(sorted->count - 1) * share + 0.5)];
}

static void sort(struct numbers *list) {
    if (list->count) qsort(list->of, list->count, sizeof *list->of, by_size);
}

/* --- telling --- */

static void tell(const char *form, ...) {
    va_list values;
    va_start(values, form);
    vprintf(form, values);
    va_end(values);
}

static void tell_ms(const char *name, double seconds) {
    if (isnan(seconds))
        tell(",\"%s\":null", name);
    else
        tell(",\"%s\":%.4f", name, seconds * 1e3);
}

static void tell_waits(struct numbers *list) {
    sort(list);
    tell(",\"count\":%zu", list->count);
    tell_ms("p50_ms", quantile(list, 0.5));
    tell_ms("p99_ms", quantile(list, 0.99));
    tell_ms("max_ms", quantile(list, 1));
}

static void tell_each(const char *name, const struct numbers *list) {
    tell(",\"%s\":[", name);
    for (size_t n = 0; n < list->count; n++) tell("%s%.4f", n ? "," : "", list->of[n] * 1e3);
    tell("]");
}

static void begin_job(int kind, double limit_s) {
    memset(&job, 0, sizeof job);
    job.kind = kind;
    job.began = now_s = clock_s();
    job.limit = job.began + limit_s;
    job.spent = spent_s();
    job.frames = frames, job.bytes = bytes;
}

static void end_job(void) {
    tell(",\"took_s\":%.6f,\"spent_s\":%.6f,\"frames\":%llu,\"bytes\":%llu,\"inside\":%d,\"lost\":%d}\n",
         clock_s() - job.began, spent_s() - job.spent, (unsigned long long)(frames - job.frames),
         (unsigned long long)(bytes - job.bytes), inside, lost);
    fflush(stdout);
    free(job.waits.of), free(job.firsts.of), free(job.medians.of), free(job.lasts.of), free(job.sent_at);
    memset(&job, 0, sizeof job);
}

/* --- one line --- */

static void shut(struct client *c) {
    if (c->fd >= 0) close(c->fd);
    free(c->rest);
    c->fd = -1, c->rest = NULL, c->rest_size = 0;
    if (c->state == INSIDE) inside--;
    c->state = OUT;
}

/* A line that has ended without our doing. */
static void broken(struct client *c, const char *why) {
    int was_inside = c->state == INSIDE, number = (int)(c - clients);
    shut(c);
    if (was_inside && !lost++) fprintf(stderr, "crowd: client %d has lost its line: %s\n", number, why);
    if (was_inside) return;
    if (job.kind == JOIN && number >= job.from && number < job.to) {
        if (!job.failed++) fprintf(stderr, "crowd: client %d did not get in: %s\n", number, why);
        job.busy--;
    }
}

static int put(struct client *c, const void *data, size_t size) {
    /* These are a few hundred bytes to a line on which little is under way. */
    if (send(c->fd, data, size, MSG_NOSIGNAL) == (ssize_t)size) return 1;
    broken(c, "it takes nothing");
    return 0;
}

static int say(struct client *c, const char *text, size_t size) {
    unsigned char frame[4096], *at = frame;
    uint32_t mask = chance();
    if (size + 8 > sizeof frame) fail("a message that is too long");
    *at++ = 0x81;
    if (size < 126) {
        *at++ = (unsigned char)(0x80 | size);
    } else {
        *at++ = 0x80 | 126;
        *at++ = (unsigned char)(size >> 8);
        *at++ = (unsigned char)size;
    }
    memcpy(at, &mask, 4);
    for (size_t n = 0; n < size; n++) at[4 + n] = (unsigned char)text[n] ^ at[n & 3];
    return put(c, frame, (size_t)(at - frame) + 4 + size);
}

static int says(struct client *c, const char *form, ...) {
    char text[4000];
    va_list values;
    va_start(values, form);
    int size = vsnprintf(text, sizeof text, form, values);
    va_end(values);
    if (size < 0 || (size_t)size >= sizeof text) fail("a message that is too long");
    return say(c, text, (size_t)size);
}

static void call(struct client *c) {
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct epoll_event wish = {.events = EPOLLOUT, .data.ptr = c};
    int on = 1, number = (int)(c - clients);
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)(number % ADDRESSES));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->state = CALLING;
    c->met = 0;
    c->began = clock_s();
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (c->fd < 0) {
        broken(c, strerror(errno));
        return;
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(c->fd, (struct sockaddr *)&from, sizeof from) ||
        (connect(c->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) ||
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, c->fd, &wish))
        broken(c, strerror(errno));
}

/* What a browser sends, but for compression, which none of the servers is measured with. */
static void shake(struct client *c) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char key[25] = {0}, request[1024];
    struct epoll_event wish = {.events = IN_S, .data.ptr = c};
    int fault = 0;
    socklen_t size = sizeof fault;
    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &fault, &size) || fault) {
        broken(c, strerror(fault));
        return;
    }
    for (int n = 0; n < 21; n++) key[n] = letters[chance() & 63];
    memcpy(key + 21, "A==", 3);
    int length = snprintf(request, sizeof request,
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
        "Host: 127.0.0.1:%d\r\nConnection: Upgrade\r\nPragma: no-cache\r\nCache-Control: no-cache\r\n"
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n"
        "Upgrade: websocket\r\nOrigin: http://127.0.0.1:%d\r\nSec-WebSocket-Version: 13\r\n"
        "Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB,en;q=0.9\r\nSec-WebSocket-Key: %s\r\n\r\n",
        port, port, key);
    c->state = SHAKING;
    if (epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &wish))
        broken(c, strerror(errno));
    else
        put(c, request, (size_t)length);
}

/* --- what is heard --- */

static int begins(const char *text, size_t size, const char *with, size_t length) {
    return size >= length && !memcmp(text, with, length);
}

#define BEGINS(text, size, with) begins(text, size, with, sizeof(with) - 1)

static void met(struct client *c, char what) {
    int number = (int)(c - clients);
    c->met |= what;
    if (c->state != ENTERING || c->met != 3) return;
    c->state = INSIDE;
    c->heard = 0;
    inside++;
    if (job.kind == JOIN && number >= job.from && number < job.to) {
        push(&job.waits, now_s - c->began);
        job.busy--, job.done++;
        job.last = now_s;
    }
}

static void event(struct client *c, const char *text, size_t size) {
    static const char kind[] = "floor.asking_set";
    if (c->state != INSIDE || (job.kind != FAN && job.kind != FLOW) || !memmem(text, size, kind, sizeof kind - 1)) {
        strays++;
        return;
    }
    /* Order is kept on a line, so the events that somebody has heard are those that were sent first. */
    uint32_t number = c->heard++;
    if (number >= job.sent) {
        strays++;
        return;
    }
    event_size = size;
    job.got++;
    push(&job.waits, now_s - job.sent_at[number]);
}

static void answer(const char *text, size_t size) {
    char *rest;
    unsigned long number = strtoul(text, &rest, 10);
    size_t left = size - (size_t)(rest - text);
    if (number >= COMMANDS_FROM) {
        if (memmem(rest, left, "\"ok\":true", 9)) return;
        if (!refused++) fprintf(stderr, "crowd: the command is refused: %.*s\n", (int)(left < 200 ? left : 200), rest);
        return;
    }
    if (number >= asking.planned.count || isnan(asking.planned.of[number])) return;
    if (!memmem(rest, left, "\"t1\":", 5)) {
        asking.bad++;
    } else {
        asking.answered++;
        push(&asking.waits, now_s - asking.planned.of[number]);
    }
    asking.planned.of[number] = NAN;
}

static void hear(struct client *c, char *text, size_t size) {
    if (size == 0) return;
    if (text[0] == '2') {
        say(c, "3", 1);
    } else if (text[0] == '0') {
        if (c->state == OPENING) {
            c->state = ENTERING;
            says(c, "40/live,%s", c->auth);
        }
    } else if (BEGINS(text, size, "42/live,[\"event\",")) {
        event(c, text, size);
    } else if (BEGINS(text, size, "42/live,[\"welcome\",")) {
        welcome_size = size;
        met(c, 2);
    } else if (BEGINS(text, size, "40/live")) {
        met(c, 1);
    } else if (BEGINS(text, size, "43/live,")) {
        /* The byte behind a frame is ours to change for a moment: numbers are read up to it. */
        char kept = text[size];
        text[size] = 0;
        answer(text + 8, size - 8);
        text[size] = kept;
    } else if (BEGINS(text, size, "44/live") || BEGINS(text, size, "41/live") || text[0] == '1') {
        char kept = text[size];
        text[size] = 0;
        broken(c, text);
        text[size] = kept;
    }
}

/* Take whole frames from what has come; how many bytes they were. */
static size_t take(struct client *c, char *data, size_t size) {
    size_t at = 0;
    if (c->state == SHAKING) {
        char *end = memmem(data, size, "\r\n\r\n", 4);
        if (!end) return 0;
        if (!BEGINS(data, size, "HTTP/1.1 101")) {
            data[size] = 0;
            broken(c, data);
            return size;
        }
        c->state = OPENING;
        at = (size_t)(end - data) + 4;
    }
    while (size - at >= 2) {
        unsigned char *head = (unsigned char *)data + at;
        uint64_t length = head[1] & 0x7f;
        size_t before = 2;
        if (length == 126) {
            before = 4;
            if (size - at < before) break;
            length = (uint64_t)head[2] << 8 | head[3];
        } else if (length == 127) {
            before = 10;
            if (size - at < before) break;
            length = 0;
            for (int n = 2; n < 10; n++) length = length << 8 | head[n];
        }
        if (size - at - before < length) break;
        frames++;
        at += before + length;
        if (head[0] == 0x81) {
            hear(c, (char *)head + before, length);
        } else {
            broken(c, head[0] == 0x88 ? "it was closed" : "a frame of another kind");
        }
        if (c->state == OUT) return size;
    }
    return at;
}

static void heard(struct client *c) {
    size_t kept = c->rest_size;
    if (kept) memcpy(buffer, c->rest, kept);
    ssize_t got = recv(c->fd, buffer + kept, BUFFER - 1 - kept, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        broken(c, got ? strerror(errno) : "it has ended");
        return;
    }
    now_s = clock_s();
    bytes += (uint64_t)got;
    size_t size = kept + (size_t)got, taken = take(c, buffer, size), left = size - taken;
    if (c->state == OUT || (!left && !kept)) return;
    if (left) {
        if (left >= BUFFER - 1) fail("a frame that is too long");
        c->rest = need(realloc(c->rest, left));
        memcpy(c->rest, buffer + taken, left);
    } else {
        free(c->rest);
        c->rest = NULL;
    }
    c->rest_size = left;
}

/* --- what is due --- */

/* They stand for people at machines of their own, who would not have to wait until we have heard everybody else. */
static void go_ahead(int on) {
    asking.ahead = on;
    for (int n = asking.from; n < asking.to; n++) {
        struct epoll_event wish = {.events = IN_S, .data.ptr = &clients[n]};
        if (clients[n].state == OUT || clients[n].state == CALLING) continue;
        epoll_ctl(on ? poll_fd : ahead_fd, EPOLL_CTL_DEL, clients[n].fd, NULL);
        epoll_ctl(on ? ahead_fd : poll_fd, EPOLL_CTL_ADD, clients[n].fd, &wish);
    }
}

static void hear_ahead(void) {
    struct epoll_event events[AHEAD_MAX];
    int found = epoll_wait(ahead_fd, events, AHEAD_MAX, 0);
    for (int n = 0; n < found; n++) {
        struct client *c = events[n].data.ptr;
        if (c->state != OUT) heard(c);
    }
}

static void command(void) {
    struct client *host = &clients[job.host];
    for (int n = 0; job.sent == 0 && n < client_count; n++) clients[n].heard = 0;
    job.sent_at = need(realloc(job.sent_at, (job.sent + 1) * sizeof *job.sent_at));
    job.wanted += (uint64_t)inside;
    job.sent_at[job.sent] = job.kind == FLOW ? job.due : clock_s();
    job.sent++;
    static uint32_t given;
    static uint64_t salt;
    if (!salt) salt = (uint64_t)(clock_s() * 1e6);
    given++;
    says(host, "42/live,%u[\"command\",{\"cmd_id\":\"bench-%016llu\",\"kind\":\"floor.set_asking\",\"on\":%s}]",
         COMMANDS_FROM + given, (unsigned long long)(salt + given), given & 1 ? "false" : "true");
}

/* One event has been heard by all, or not in time. */
static void next_event(int in_time) {
    sort(&job.waits);
    if (job.waits.count) {
        push(&job.firsts, job.waits.of[0]);
        push(&job.medians, quantile(&job.waits, 0.5));
        push(&job.lasts, job.waits.of[job.waits.count - 1]);
    }
    if (!in_time) job.missed++;
    job.waits.count = 0;
    job.due = now_s + job.gap * (0.75 + (chance() & 1023) / 2048.0);
}

static void work(void) {
    switch (job.kind) {
    case JOIN:
        for (int n = 0; n < PORTION && job.next < job.to && job.busy < job.most; n++) {
            struct client *c = &clients[job.next++];
            if (c->state != OUT) continue;
            job.busy++;
            call(c);
        }
        if (now_s >= job.limit)
            for (int n = job.from; n < job.to; n++)
                if (clients[n].state != INSIDE && clients[n].state != OUT) shut(&clients[n]), job.failed++;
        if ((job.next == job.to && job.busy == 0) || now_s >= job.limit) {
            job.failed += job.to - job.next;
            tell("{\"joined\":%d,\"failed\":%d,\"last_s\":%.6f", job.done, job.failed,
                 job.done ? job.last - job.began : 0.0);
            tell_waits(&job.waits);
            end_job();
        }
        break;
    case LEAVE:
        for (int n = 0; n < PORTION && job.next < job.to; n++) shut(&clients[job.next++]);
        if (job.next == job.to) {
            tell("{\"left\":%d", job.to - job.from);
            end_job();
        }
        break;
    case FAN:
        if (job.sent && job.due == 0) {
            int all = job.got >= job.wanted;
            if (all || now_s >= job.sent_at[job.sent - 1] + job.gap * 10) {
                next_event(all);
                job.got = job.wanted = 0;
            }
        }
        if ((int)job.sent == job.times ? job.due > 0 : now_s >= job.limit) {
            tell("{\"times\":%u,\"missed\":%d", job.sent, job.missed);
            tell_each("first_ms", &job.firsts), tell_each("median_ms", &job.medians), tell_each("last_ms", &job.lasts);
            end_job();
        } else if ((int)job.sent < job.times && (!job.sent || (job.due > 0 && now_s >= job.due))) {
            /* Who has left without our noticing must not be waited for. */
            job.due = 0;
            command();
        }
        break;
    case FLOW:
        while ((int)job.sent < job.times && now_s >= job.due) {
            command();
            job.due += job.gap;
        }
        if (((int)job.sent == job.times && job.got >= job.wanted) || now_s >= job.limit) {
            tell("{\"sent\":%u,\"wanted\":%llu,\"got\":%llu", job.sent, (unsigned long long)job.wanted,
                 (unsigned long long)job.got);
            tell_waits(&job.waits);
            end_job();
        }
        break;
    case ASKED: {
        uint64_t waiting = 0;
        for (size_t n = 0; n < asking.planned.count; n++) waiting += !isnan(asking.planned.of[n]);
        if (waiting && now_s < job.limit) break;
        for (size_t n = 0; n < asking.planned.count; n++)
            if (!isnan(asking.planned.of[n])) push(&asking.waits, now_s - asking.planned.of[n]);
        tell("{\"answered\":%llu,\"bad\":%llu,\"missing\":%llu,\"skipped\":%llu",
             (unsigned long long)asking.answered, (unsigned long long)asking.bad, (unsigned long long)waiting,
             (unsigned long long)asking.skipped);
        sort(&asking.late);
        tell_ms("late_p99_ms", quantile(&asking.late, 0.99));
        tell_waits(&asking.waits);
        if (asking.ahead) go_ahead(0);
        free(asking.planned.of), free(asking.waits.of), free(asking.late.of);
        memset(&asking, 0, sizeof asking);
        end_job();
        break;
    }
    case NOTHING:
        break;
    }
}

static void ask(void) {
    while (asking.on && now_s >= asking.due) {
        int who = asking.from + asking.turn++ % (asking.to - asking.from);
        push(&asking.late, now_s - asking.due);
        if (clients[who].state == INSIDE) {
            push(&asking.planned, asking.due);
            says(&clients[who], "42/live,%zu[\"clock\",{\"t0\":%.3f}]", asking.planned.count - 1, now_s * 1e3);
        } else {
            asking.skipped++;
        }
        /* Uneven, so that it does not keep step with the events. */
        asking.due += asking.gap * (0.5 + (chance() & 1023) / 1023.0);
    }
}

/* When something is due next; 0: at once, NAN: never. */
static double due_next(void) {
    double at = NAN;
    if (job.kind == JOIN) at = job.next < job.to && job.busy < job.most ? 0 : job.limit;
    if (job.kind == LEAVE) at = 0;
    if (job.kind == FAN) at = job.due > 0 ? job.due : job.sent ? job.sent_at[job.sent - 1] + job.gap * 10 : 0;
    if (job.kind == FLOW) at = (int)job.sent < job.times ? job.due : job.limit;
    if (job.kind == ASKED) at = now_s + 0.005;
    if (asking.on && (isnan(at) || asking.due < at)) at = asking.due;
    return at;
}

/* --- orders --- */

static int range(int from, int to) { return from >= 0 && from < to && to <= client_count; }

static void order(const char *line) {
    int from, to, most, times;
    double limit, a, b;
    if (sscanf(line, "join %d %d %d %lf", &from, &to, &most, &limit) == 4 && range(from, to) && most > 0) {
        begin_job(JOIN, limit);
        job.from = job.next = from, job.to = to, job.most = most;
    } else if (sscanf(line, "leave %d %d", &from, &to) == 2 && range(from, to)) {
        begin_job(LEAVE, 1e9);
        job.from = job.next = from, job.to = to;
    } else if (sscanf(line, "fan %d %d %lf %lf", &from, &times, &a, &limit) == 4 && range(from, from + 1)) {
        begin_job(FAN, limit);
        job.host = from, job.times = times, job.gap = a / 1e3;
    } else if (sscanf(line, "flow %d %lf %lf %lf", &from, &a, &b, &limit) == 4 && range(from, from + 1) && a > 0) {
        begin_job(FLOW, b + limit);
        job.host = from, job.gap = 1 / a, job.times = (int)(a * b + 0.5), job.due = job.began;
    } else if (sscanf(line, "ask %d %d %lf", &from, &to, &a) == 3 && range(from, to) && a > 0) {
        now_s = clock_s();
        asking.on = 1, asking.from = from, asking.to = to, asking.gap = 1 / a, asking.due = now_s + asking.gap;
        if (to - from <= AHEAD_MAX) go_ahead(1);
        tell("{\"asking\":true}\n");
        fflush(stdout);
    } else if (sscanf(line, "asked %lf", &limit) == 1) {
        begin_job(ASKED, limit);
        asking.on = 0;
    } else if (!strncmp(line, "look", 4)) {
        begin_job(NOTHING, 0);
        tell("{\"strays\":%llu,\"refused\":%llu,\"welcome_size\":%zu,\"event_size\":%zu,\"all_bytes\":%llu",
             (unsigned long long)strays, (unsigned long long)refused, welcome_size, event_size,
             (unsigned long long)bytes);
        end_job();
    } else {
        tell("{\"unknown\":true}\n");
        fflush(stdout);
    }
}

/* False at the end of the orders. */
static int orders(void) {
    static char line[256];
    static size_t size;
    ssize_t got = read(STDIN_FILENO, line + size, sizeof line - 1 - size);
    if (got <= 0) return 0;
    size += (size_t)got;
    line[size] = 0;
    char *end;
    while ((end = strchr(line, '\n'))) {
        *end = 0;
        order(line);
        size -= (size_t)(end + 1 - line);
        memmove(line, end + 1, size + 1);
    }
    return size < sizeof line - 1;
}

static void read_clients(const char *path) {
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    if (!file) fail(path);
    clients = need(calloc(CLIENTS_MAX, sizeof *clients));
    while ((size = getline(&line, &room, file)) > 0 && client_count < CLIENTS_MAX) {
        if (line[size - 1] == '\n') line[size - 1] = 0;
        clients[client_count].auth = need(strdup(line));
        clients[client_count++].fd = -1;
    }
    free(line);
    fclose(file);
}

int main(int count, char **words) {
    if (count != 3 || (port = atoi(words[1])) <= 0 || port > 65535) {
        fputs("usage: crowd PORT FILE\n", stderr);
        return 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    seed ^= (uint32_t)getpid();
    read_clients(words[2]);
    buffer = need(malloc(BUFFER));
    poll_fd = epoll_create1(0);
    ahead_fd = epoll_create1(0);
    timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct epoll_event of_orders = {.events = IN_S, .data.ptr = &poll_fd}, of_timer = {.events = IN_S, .data.ptr = &timer_fd},
                       of_ahead = {.events = IN_S, .data.ptr = &ahead_fd};
    if (poll_fd < 0 || ahead_fd < 0 || timer_fd < 0 || epoll_ctl(poll_fd, EPOLL_CTL_ADD, ahead_fd, &of_ahead) ||
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &of_orders) ||
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, timer_fd, &of_timer))
        fail("epoll");
    double set_for = NAN;
    for (;;) {
        struct epoll_event events[EVENTS];
        double at = due_next();
        int at_once = at <= clock_s();
        if (!at_once && !(at == set_for) && !isnan(at)) {
            struct itimerspec when = {.it_value = {(time_t)at, (long)((at - floor(at)) * 1e9)}};
            timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
            set_for = at;
        }
        int found = epoll_wait(poll_fd, events, EVENTS, at_once ? 0 : -1);
        if (found < 0 && errno != EINTR) fail("epoll_wait");
        for (int n = 0; n < found; n++) {
            struct client *c = events[n].data.ptr;
            if (n % BETWEEN == BETWEEN - 1 && asking.on) {
                if (asking.ahead) hear_ahead();
                now_s = clock_s();
                ask();
            }
            if (events[n].data.ptr == &poll_fd) {
                if (!orders()) return 0;
            } else if (events[n].data.ptr == &ahead_fd) {
                hear_ahead();
            } else if (events[n].data.ptr == &timer_fd) {
                uint64_t rings;
                if (read(timer_fd, &rings, sizeof rings) > 0) set_for = NAN;
            } else if (c->state == CALLING) {
                shake(c);
            } else if (c->state != OUT) {
                heard(c);
            }
        }
        now_s = clock_s();
        work();
        ask();
    }
}
