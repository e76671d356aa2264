// Faults for a program that was started with LD_PRELOAD: it dies or stands still before a call, fails it,
// skips it, or writes half of it. Nothing in the program knows of this.
//
//   FAULT_ROOTS  folders, separated by colons; calls on other files pass untouched and uncounted
//   FAULT_PLAN   rules, separated by semicolons: ACTION CALLS WHEN PATTERN
//                ACTION   kill | stop (until SIGCONT) | errno=N | skip | short
//                CALLS    names as below, separated by commas, or `change` for all that change a disk
//                WHEN     N (the Nth call that fits), N+ (from the Nth on)
//                PATTERN  fnmatch(3) on the path; `*` also fits slashes
//   FAULT_LOG    a file for one line per counted call: name, path, what was done to it
//
// Calls are counted over all threads. Names: create (open that makes a file), open (any other), write,
// fsync, fdatasync, syncfs, link, rename, unlink, mkdir, truncate, chmod, flock, read, stat, space; openat2
// comes before the create or open that it is, so that a kernel can be played that has none.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum action { PASS, KILL, STOP, FAIL, SKIP, SHORT };
enum { RULES = 16 };

static struct rule {
    enum action action;
    int error;
    char calls[256], pattern[PATH_MAX];
    long when;
    int onwards;
    atomic_long seen;
} rules[RULES];
static int rule_count, log_fd = -1;
static char roots[4 * PATH_MAX];
static const char changing[] = "create,write,fsync,fdatasync,syncfs,link,rename,unlink,mkdir,truncate,chmod,flock";

static long (*real_syscall)(long, ...);

__attribute__((constructor)) static void begin(void) {
    real_syscall = dlsym(RTLD_NEXT, "syscall");
    const char *folders = getenv("FAULT_ROOTS"), *plan = getenv("FAULT_PLAN"), *file = getenv("FAULT_LOG");
    snprintf(roots, sizeof roots, "%s", folders ? folders : "");
    if (file) log_fd = (int)real_syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    char *text = strdup(plan ? plan : ""), *rest;
    for (char *part = strtok_r(text, ";", &rest); part && rule_count < RULES; part = strtok_r(NULL, ";", &rest)) {
        struct rule *rule = &rules[rule_count];
        char action[32], when[32];
        if (sscanf(part, "%31s %255s %31s %4095s", action, rule->calls, when, rule->pattern) != 4) abort();
        rule->when = atol(when);
        rule->onwards = strchr(when, '+') != NULL;
        rule->error = strncmp(action, "errno=", 6) ? 0 : atoi(action + 6);
        rule->action = !strcmp(action, "kill") ? KILL : !strcmp(action, "stop") ? STOP : !strcmp(action, "skip") ? SKIP
            : !strcmp(action, "short") ? SHORT : FAIL;
        rule_count++;
    }
    free(text);
}

static int is_within(const char *path) {
    for (const char *root = roots; *root;) {
        size_t length = strcspn(root, ":");
        if (length && !strncmp(path, root, length) && (path[length] == '/' || !path[length])) return 1;
        root += length + (root[length] == ':');
    }
    return 0;
}

static int names(const char *list, const char *call) {
    if (!strcmp(list, "change")) list = changing;
    for (size_t length = strlen(call); (list = strstr(list, call)); list += length)
        if (list[length] == ',' || !list[length]) return 1;
    return 0;
}

static int path_of(int fd, const char *name, char *path) {
    char link[64];
    if (name && name[0] == '/') return snprintf(path, PATH_MAX, "%s", name) > 0;
    if (fd == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long length = real_syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    if (name && *name) snprintf(path + length, (size_t)(PATH_MAX - length), "/%s", name);
    return 1;
}

static void note(const char *call, const char *path, const char *done) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s %s %s\n", call, path, done);
    if (log_fd >= 0 && length > 0) real_syscall(SYS_write, log_fd, line, (size_t)length);
}

// What to do with a call; FAIL has set errno.
static enum action judge(const char *call, int fd, const char *name) {
    char path[PATH_MAX];
    if (!real_syscall || (!rule_count && log_fd < 0)) return PASS;
    int before = errno;
    if (!path_of(fd, name, path) || !is_within(path)) return errno = before, PASS;
    errno = before;
    for (struct rule *rule = rules; rule < rules + rule_count; rule++) {
        if (!names(rule->calls, call) || fnmatch(rule->pattern, path, 0)) continue;
        long seen = atomic_fetch_add(&rule->seen, 1) + 1;
        if (seen != rule->when && !(rule->onwards && seen > rule->when)) continue;
        static const char *const words[] = {"passed", "killed", "stopped", "failed", "skipped", "shortened"};
        note(call, path, words[rule->action]);
        if (rule->action == KILL)
            for (real_syscall(SYS_kill, real_syscall(SYS_getpid), SIGKILL);;) real_syscall(SYS_pause);
        if (rule->action == STOP) {
            // To this very thread, which gets no further: to the process, another one might take it.
            real_syscall(SYS_tgkill, real_syscall(SYS_getpid), real_syscall(SYS_gettid), SIGSTOP);
            return PASS;
        }
        if (rule->action == FAIL) errno = rule->error;
        return rule->action;
    }
    note(call, path, "passed");
    return PASS;
}

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define JUDGED(call, fd, path, done) \
    switch (judge(call, fd, path)) { case FAIL: return -1; case SKIP: return done; default: break; }

static const char *kind(int flags) {
    return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? "create" : "open";
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest); \
        REAL(name); JUDGED(kind(flags), AT_FDCWD, path, -1) return real(path, flags, mode); }
OPEN(open)
OPEN(open64)
#define OPENAT(name) \
    int name(int dir, const char *path, int flags, ...) { \
        va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest); \
        REAL(name); JUDGED(kind(flags), dir, path, -1) return real(dir, path, flags, mode); }
OPENAT(openat)
OPENAT(openat64)

long syscall(long number, ...) {
    va_list rest;
    long a[6];
    va_start(rest, number);
    for (int i = 0; i < 6; i++) a[i] = va_arg(rest, long);
    va_end(rest);
    if (!real_syscall) real_syscall = dlsym(RTLD_NEXT, "syscall");
    if (number == SYS_openat2) {
        JUDGED("openat2", (int)a[0], (const char *)a[1], -1)
        JUDGED(kind((int)((struct open_how *)a[2])->flags), (int)a[0], (const char *)a[1], -1)
    }
    if (number == SYS_renameat2) JUDGED("rename", (int)a[2], (const char *)a[3], 0)
    return real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static size_t shortened(enum action action, size_t count) { return action == SHORT && count > 1 ? count / 2 : count; }

ssize_t write(int fd, const void *bytes, size_t count) {
    REAL(write);
    enum action action = judge("write", fd, NULL);
    if (action == FAIL) return -1;
    return action == SKIP ? (ssize_t)count : real(fd, bytes, shortened(action, count));
}
#define PWRITE(name, offset) \
    ssize_t name(int fd, const void *bytes, size_t count, offset at) { \
        REAL(name); \
        enum action action = judge("write", fd, NULL); \
        if (action == FAIL) return -1; \
        return action == SKIP ? (ssize_t)count : real(fd, bytes, shortened(action, count), at); }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)
ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(writev);
    if (judge("write", fd, NULL) == FAIL) return -1;
    return real(fd, parts, count);
}
ssize_t read(int fd, void *bytes, size_t count) {
    REAL(read);
    JUDGED("read", fd, NULL, 0)
    return real(fd, bytes, count);
}
#define PREAD(name, offset) \
    ssize_t name(int fd, void *bytes, size_t count, offset at) { \
        REAL(name); JUDGED("read", fd, NULL, 0) return real(fd, bytes, count, at); }
PREAD(pread, off_t)
PREAD(pread64, off64_t)

int fsync(int fd) { REAL(fsync); JUDGED("fsync", fd, NULL, 0) return real(fd); }
int fdatasync(int fd) { REAL(fdatasync); JUDGED("fdatasync", fd, NULL, 0) return real(fd); }
int syncfs(int fd) { REAL(syncfs); JUDGED("syncfs", fd, NULL, 0) return real(fd); }
int flock(int fd, int how) { REAL(flock); JUDGED("flock", fd, NULL, 0) return real(fd, how); }
int fchmod(int fd, mode_t mode) { REAL(fchmod); JUDGED("chmod", fd, NULL, 0) return real(fd, mode); }
int ftruncate(int fd, off_t size) { REAL(ftruncate); JUDGED("truncate", fd, NULL, 0) return real(fd, size); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); JUDGED("truncate", fd, NULL, 0) return real(fd, size); }
int fallocate(int fd, int mode, off_t at, off_t size) {
    REAL(fallocate); JUDGED("truncate", fd, NULL, 0) return real(fd, mode, at, size);
}
int fallocate64(int fd, int mode, off64_t at, off64_t size) {
    REAL(fallocate64); JUDGED("truncate", fd, NULL, 0) return real(fd, mode, at, size);
}
int fstatvfs(int fd, struct statvfs *out) { REAL(fstatvfs); JUDGED("space", fd, NULL, 0) return real(fd, out); }
int fstat(int fd, struct stat *out) { REAL(fstat); JUDGED("stat", fd, NULL, 0) return real(fd, out); }

int linkat(int from, const char *old, int to, const char *name, int flags) {
    REAL(linkat); JUDGED("link", to, name, 0) return real(from, old, to, name, flags);
}
int link(const char *old, const char *name) { REAL(link); JUDGED("link", AT_FDCWD, name, 0) return real(old, name); }
int renameat(int from, const char *old, int to, const char *name) {
    REAL(renameat); JUDGED("rename", to, name, 0) return real(from, old, to, name);
}
int renameat2(int from, const char *old, int to, const char *name, unsigned flags) {
    REAL(renameat2); JUDGED("rename", to, name, 0) return real(from, old, to, name, flags);
}
int rename(const char *old, const char *name) {
    REAL(rename); JUDGED("rename", AT_FDCWD, name, 0) return real(old, name);
}
int unlinkat(int dir, const char *name, int flags) {
    REAL(unlinkat); JUDGED("unlink", dir, name, 0) return real(dir, name, flags);
}
int unlink(const char *name) { REAL(unlink); JUDGED("unlink", AT_FDCWD, name, 0) return real(name); }
int mkdirat(int dir, const char *name, mode_t mode) {
    REAL(mkdirat); JUDGED("mkdir", dir, name, 0) return real(dir, name, mode);
}
int mkdir(const char *name, mode_t mode) { REAL(mkdir); JUDGED("mkdir", AT_FDCWD, name, 0) return real(name, mode); }
int chmod(const char *name, mode_t mode) { REAL(chmod); JUDGED("chmod", AT_FDCWD, name, 0) return real(name, mode); }
