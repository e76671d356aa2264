// System calls that Swift cannot reach by itself. Each returns its result, or -errno.
#ifndef CLINUX_H
#define CLINUX_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

static inline long lk_result(long value) { return value < 0 ? -errno : value; }

// Opens beneath a directory; symbolic links anywhere on the way are refused.
static inline int lk_open(int dir, const char *path, int flags, unsigned mode) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = (uint64_t)(flags | O_CLOEXEC | O_NOFOLLOW);
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    long fd = syscall(SYS_openat2, dir, path, &how, sizeof how);
    if (fd < 0 && errno == ENOSYS)
        fd = openat(dir, path, flags | O_CLOEXEC | O_NOFOLLOW, mode);
    return (int)lk_result(fd);
}

static inline int lk_open_path(const char *path) {
    return (int)lk_result(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static inline int lk_read_only(void) { return O_RDONLY | O_NONBLOCK; }
static inline int lk_directory(void) { return O_RDONLY | O_DIRECTORY; }
static inline int lk_append(void) { return O_WRONLY | O_APPEND | O_CREAT; }
static inline int lk_create(void) { return O_RDWR | O_CREAT; }
static inline int lk_create_new(void) { return O_RDWR | O_CREAT | O_EXCL; }

// An unnamed file in a directory; -EOPNOTSUPP or -EISDIR where the file system has none.
static inline int lk_unnamed(int dir, unsigned mode) {
    return (int)lk_result(openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
}

static inline int lk_link_fd(int fd, int dir, const char *name) {
    char from[64];
    snprintf(from, sizeof from, "/proc/self/fd/%d", fd);
    return (int)lk_result(linkat(AT_FDCWD, from, dir, name, AT_SYMLINK_FOLLOW));
}

static inline int lk_link(int from, const char *old, int to, const char *name) {
    return (int)lk_result(linkat(from, old, to, name, 0));
}

static inline int lk_rename(int from, const char *old, int to, const char *name) {
    return (int)lk_result(renameat(from, old, to, name));
}

static inline int lk_rename_new(int from, const char *old, int to, const char *name) {
    return (int)lk_result(syscall(SYS_renameat2, from, old, to, name, 1 /* RENAME_NOREPLACE */));
}

static inline int lk_unlink(int dir, const char *name) { return (int)lk_result(unlinkat(dir, name, 0)); }
static inline int lk_mkdir(int dir, const char *name) { return (int)lk_result(mkdirat(dir, name, 0700)); }
static inline int lk_chmod(int fd, unsigned mode) { return (int)lk_result(fchmod(fd, mode)); }
static inline int lk_fsync(int fd) { return (int)lk_result(fsync(fd)); }
static inline int lk_fdatasync(int fd) { return (int)lk_result(fdatasync(fd)); }
static inline int lk_syncfs(int fd) { return (int)lk_result(syncfs(fd)); }
static inline int lk_truncate(int fd, int64_t size) { return (int)lk_result(ftruncate(fd, size)); }
static inline int lk_close(int fd) { return (int)lk_result(close(fd)); }
static inline int64_t lk_write(int fd, const void *bytes, size_t count) { return lk_result(write(fd, bytes, count)); }
static inline int64_t lk_pread(int fd, void *bytes, size_t count, int64_t at) { return lk_result(pread(fd, bytes, count, at)); }
static inline int lk_lock(int fd) { return (int)lk_result(flock(fd, LOCK_EX | LOCK_NB)); }
static inline int lk_unlock(int fd) { return (int)lk_result(flock(fd, LOCK_UN)); }

struct lk_stat { int64_t size; uint64_t device; uint32_t mode, links, owner; int regular; };

static inline int lk_stat_fd(int fd, struct lk_stat *out) {
    struct stat found;
    if (fstat(fd, &found) < 0) return -errno;
    out->size = found.st_size;
    out->device = found.st_dev;
    out->mode = found.st_mode & 07777;
    out->links = (uint32_t)found.st_nlink;
    out->owner = found.st_uid;
    out->regular = S_ISREG(found.st_mode);
    return 0;
}

static inline int lk_stat_path(const char *path, struct lk_stat *out) {
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return -errno;
    int result = lk_stat_fd(fd, out);
    close(fd);
    return result;
}

// Free bytes for an unprivileged writer, and all bytes, of the file system of fd.
static inline int lk_space(int fd, uint64_t *available, uint64_t *total) {
    struct statvfs found;
    if (fstatvfs(fd, &found) < 0) return -errno;
    *available = (uint64_t)found.f_bavail * found.f_frsize;
    *total = (uint64_t)found.f_blocks * found.f_frsize;
    return 0;
}

static inline int64_t lk_filesystem(int fd) {
    struct statfs found;
    if (fstatfs(fd, &found) < 0) return -errno;
    return (int64_t)(uint32_t)found.f_type;
}

static inline unsigned lk_owner(void) { return geteuid(); }
static inline int lk_pid(void) { return getpid(); }

static inline int lk_pause(unsigned milliseconds) {
    struct timespec span = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };
    return (int)lk_result(nanosleep(&span, NULL));
}

static inline void lk_private_umask(void) { umask(077); }
#endif
